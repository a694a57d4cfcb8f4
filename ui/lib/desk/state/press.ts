/**
 * A press is for what was pressed. Things move while messages come in: when a button slides away between the finger
 * going down and up, the browser makes a click on something else, or none. Here it stays the button's.
 */

/** Further than this the pointer itself moved: a drag, or a change of mind. */
const STILL_PX = 8;
const PRESSABLE = 'button, summary, label, [role="option"]';

interface Pressed {
  what: HTMLElement;
  x: number;
  y: number;
}

export function keepPresses(): () => void {
  let pressed: Pressed | null = null;
  let swallow = false;

  function down(event: PointerEvent) {
    const what =
      event.button === 0 && event.target instanceof Element ? event.target.closest<HTMLElement>(PRESSABLE) : null;
    pressed = what ? { what, x: event.clientX, y: event.clientY } : null;
  }

  function up(event: PointerEvent) {
    const was = pressed;
    pressed = null;
    if (!was || Math.hypot(event.clientX - was.x, event.clientY - was.y) > STILL_PX) return;
    const here = document.elementFromPoint(event.clientX, event.clientY);
    if (was.what.contains(here) || !was.what.isConnected) return;
    swallow = true;
    setTimeout(() => (swallow = false), 0);
    was.what.click();
  }

  /** The browser's own click, on whatever lies there now. */
  function click(event: MouseEvent) {
    if (!swallow || !event.isTrusted) return;
    swallow = false;
    event.stopImmediatePropagation();
    event.preventDefault();
  }

  const capture = { capture: true };
  window.addEventListener('pointerdown', down, capture);
  window.addEventListener('pointerup', up, capture);
  window.addEventListener('click', click, capture);
  return () => {
    window.removeEventListener('pointerdown', down, capture);
    window.removeEventListener('pointerup', up, capture);
    window.removeEventListener('click', click, capture);
  };
}

import type { Attachment } from 'svelte/attachments';

/**
 * Whether a person is at this desk: something was pressed, moved or scrolled a moment ago. What merely stands on a
 * screen in an empty room has not been read.
 */
const AT_IT_MS = 60_000;
const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const;

let last = -Infinity;
let listening = false;

function listen(): void {
  if (listening) return;
  listening = true;
  for (const sign of SIGNS) addEventListener(sign, () => (last = performance.now()), { capture: true, passive: true });
}

/** Calls once when the page is in view and somebody is at it: now, or with the next sign of life. The answer ends it. */
function whenAttended(seen: () => void): () => void {
  listen();
  let over = false;
  const look = () => {
    if (over || document.visibilityState !== 'visible' || performance.now() - last > AT_IT_MS) return;
    end();
    seen();
  };
  const later = () => queueMicrotask(look);
  const end = () => {
    over = true;
    for (const sign of SIGNS) removeEventListener(sign, later, { capture: true });
    document.removeEventListener('visibilitychange', later);
  };
  for (const sign of SIGNS) addEventListener(sign, later, { capture: true, passive: true });
  document.addEventListener('visibilitychange', later);
  look();
  return end;
}

/** Calls once when the element is in view, not scrolled away, and somebody is at the desk. */
export const beforeEyes =
  (seen: () => void): Attachment<HTMLElement> =>
  (element) => {
    let end: (() => void) | undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        const inView = entries.at(-1)?.isIntersecting ?? false;
        if (inView && !end) end = whenAttended(seen);
        else if (!inView) {
          end?.();
          end = undefined;
        }
      },
      { threshold: 0.5 },
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      end?.();
    };
  };

/**
 * The next frame, or 120 ms from now when there is none: a window that is covered or minimised draws no frames, and an
 * alarm must ring all the same.
 */
const WITHOUT_FRAME_MS = 120;

export function nextFrame(run: () => void): void {
  let ran = false;
  const once = () => {
    if (ran) return;
    ran = true;
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    run();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, WITHOUT_FRAME_MS);
}

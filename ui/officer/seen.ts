import type { Attachment } from 'svelte/attachments';

/** Often enough for control, which waits ten seconds for a sign of life. */
const LOOK_EVERY_MS = 500;

/** Calls once when the element really is before somebody's eyes: on a visible page, in the window, under nothing. */
export const seen =
  (told: () => void): Attachment<HTMLElement> =>
  (element) => {
    const look = () => {
      if (document.visibilityState !== 'visible') return;
      const { left, top, width, height } = element.getBoundingClientRect();
      const there = document.elementFromPoint(left + width / 2, top + height / 2);
      if (!there || !element.contains(there)) return;
      stop();
      told();
    };
    const stop = () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
    const timer = setInterval(look, LOOK_EVERY_MS);
    document.addEventListener('visibilitychange', look);
    look();
    return stop;
  };

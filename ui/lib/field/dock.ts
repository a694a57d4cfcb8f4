import type { Attachment } from 'svelte/attachments';

/** The foot of a screen sticks while it leaves most of the screen to what is read; with large letters it scrolls. */
const SHARE_MAX = 0.42;

export const dock: Attachment<HTMLElement> = (element) => {
  const fit = () => element.classList.toggle('loose', element.offsetHeight > innerHeight * SHARE_MAX);
  const size = new ResizeObserver(fit);
  size.observe(element);
  addEventListener('resize', fit);
  return () => {
    size.disconnect();
    removeEventListener('resize', fit);
  };
};

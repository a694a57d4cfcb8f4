/** Keeps the page itself on the phone, and changes it for a newer one only when nothing is under way. */
export async function keepShell(idle: () => boolean) {
  if (!('serviceWorker' in navigator)) return;
  try {
    const registration = await navigator.serviceWorker.register('/officer/sw.js', { scope: '/officer/' });
    const take = () => {
      if (registration.waiting && idle()) registration.waiting.postMessage({ type: 'SKIP_WAITING' });
    };
    // The first worker takes over without a reload: the page it serves is the one that is open.
    let replaced = navigator.serviceWorker.controller !== null;
    navigator.serviceWorker.addEventListener('controllerchange', () => {
      if (replaced && idle()) location.reload();
      replaced = true;
    });
    setInterval(take, 30_000);
    setInterval(() => void registration.update().catch(() => undefined), 3_600_000);
    take();
  } catch {
    // No secure context or no room: the page works while it is open and says so.
  }
}

/** A phone that rings while its page is closed: what the officer allows, what the hub hears, what the worker shows. */
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { bench, type Bench } from './bench';
import { launch } from './drive';
import { ASSIGNMENT, CALLOUT, officerState } from './fixtures';
import { shots } from './shots';

let browser: Browser;
let b: Bench;

beforeAll(async () => {
  browser = await launch();
}, 60_000);
afterAll(() => browser?.close());
beforeEach(async () => {
  b = await bench(browser, {}, shots(process.env.SHOTS));
});
afterEach(() => b.end());

/**
 * The browser's own push service is far away, and without a window a browser asks nobody: both are answered here. What
 * subscribes, registers and rings is real.
 */
async function allows(answer: NotificationPermission, first: NotificationPermission = 'default') {
  if (answer === 'granted') await b.context.grantPermissions(['geolocation', 'notifications'], { origin: b.base });
  await b.context.addInitScript(
    ({ answer, first }) => {
      const remembered = sessionStorage.getItem('allowed') ?? first;
      sessionStorage.setItem('allowed', remembered);
      const now = () => sessionStorage.getItem('allowed');
      Object.defineProperty(Notification, 'permission', { get: now });
      Notification.requestPermission = async () => {
        sessionStorage.setItem('allowed', answer);
        return answer;
      };
      const subscription = () => {
        const text = sessionStorage.getItem('subscription');
        if (!text) return null;
        const { endpoint, key } = JSON.parse(text) as { endpoint: string; key: number[] };
        return {
          options: { applicationServerKey: new Uint8Array(key).buffer },
          toJSON: () => ({ endpoint, keys: { p256dh: 'p', auth: 'a' } }),
          unsubscribe: async () => sessionStorage.removeItem('subscription'),
        };
      };
      PushManager.prototype.getSubscription = async () => subscription() as unknown as PushSubscription;
      PushManager.prototype.subscribe = async (options) => {
        const count = Number(sessionStorage.getItem('count') ?? 0) + 1;
        sessionStorage.setItem('count', String(count));
        const key = [...new Uint8Array(options!.applicationServerKey as ArrayBuffer)];
        const endpoint = `https://push.example.net/${count}`;
        sessionStorage.setItem('subscription', JSON.stringify({ endpoint, key }));
        return subscription() as unknown as PushSubscription;
      };
    },
    { answer, first },
  );
}

const state = () => b.officer.id('ring').getAttribute('data-state');
const becomes = (wanted: string) => expect.poll(state, { timeout: 20_000 }).toBe(wanted);

test('a touch before the shift lets the phone ring, and the hub confirms both its beginning and its end', async () => {
  await allows('granted');
  await b.officer.enrol();
  await becomes('off');
  await b.officer.screen('70-ring-off');
  expect((await b.officer.id('ring-ask').boundingBox())!.height).toBeGreaterThanOrEqual(44);
  await b.officer.id('ring-ask').click();
  await becomes('ready');
  expect(b.hub.push.on).toBe(false);
  await b.officer.signOn();
  await becomes('on');
  await b.officer.screen('71-ring-on');
  const asked = { endpoint: 'https://push.example.net/1', keys: { p256dh: 'p', auth: 'a' }, try: true };
  expect(b.hub.push.subscriptions).toEqual([asked]);
  await b.officer.id('sign-off').click();
  await b.officer.heading(/Sign on/);
  await becomes('ready');
  expect(b.hub.push.on).toBe(false);
  await b.officer.signOn();
  await becomes('on');
  // A new address, and nobody was asked or rung again.
  expect(b.hub.push.subscriptions.at(-1)).toEqual({ ...asked, endpoint: 'https://push.example.net/2', try: false });
});

test('a phone that was told not to ring says so, and how to change it', async () => {
  await allows('denied');
  await b.officer.enrol();
  await b.officer.id('ring-ask').click();
  await becomes('refused');
  await b.page.getByText(/Allow them in the phone’s settings/).waitFor();
  await b.officer.screen('72-ring-refused');
  await b.officer.signOn();
  await becomes('refused');
  expect(b.hub.push.subscriptions).toEqual([]);
});

test('a hub that did not answer is asked again by a touch', async () => {
  await allows('granted', 'granted');
  await b.context.route('**/v1/officer/push', (route) => route.abort());
  await b.officer.enrol();
  await b.officer.signOn();
  await becomes('failed');
  await b.officer.screen('73-ring-failed');
  await b.context.unroute('**/v1/officer/push');
  await b.officer.id('ring-ask').click();
  await becomes('on');
});

test('an address that the hub has let go of is replaced by a new one', async () => {
  await allows('granted', 'granted');
  await b.officer.enrol();
  await b.officer.signOn();
  await becomes('on');
  b.hub.push.on = false;
  await b.page.reload();
  await becomes('on');
  const addresses = () => b.hub.push.subscriptions.map((s) => s.endpoint);
  await expect.poll(addresses).toEqual(['https://push.example.net/1', 'https://push.example.net/2']);
  await b.page.reload();
  await becomes('on');
  await expect.poll(() => addresses().at(-1)).toBe('https://push.example.net/2');
});

interface Shown {
  title: string;
  body: string;
  tag: string;
  silent: boolean | null;
  stays: boolean;
}

/** What the phone shows, seen from a page that is none of the officer's. */
const shown = (page: Page): Promise<Shown[]> =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration('/officer/');
    return (await registration!.getNotifications()).map(({ title, body, tag, silent, requireInteraction }) => {
      return { title, body, tag, silent, stays: requireInteraction };
    });
  });

/** Brings a push to the worker, as the browser does. */
async function pusher(page: Page): Promise<(text: string) => Promise<void>> {
  const session: CDPSession = await b.context.newCDPSession(page);
  let registrationId = '';
  session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
    registrationId = registrations.find((r) => r.scopeURL.endsWith('/officer/'))?.registrationId ?? registrationId;
  });
  await session.send('ServiceWorker.enable');
  await expect.poll(() => registrationId).not.toBe('');
  return async (data) => {
    await session.send('ServiceWorker.deliverPushMessage', { origin: b.base, registrationId, data });
  };
}

const offered = {
  what: 'offer',
  tag: 'offer-1',
  title: 'Call-out offered',
  body: 'Priority 2. Open the page to answer.',
  assignment: ASSIGNMENT,
  callout: CALLOUT,
};

/** On shift, with the worker in place; then the officer page is closed. */
async function closed(): Promise<(text: string) => Promise<void>> {
  await allows('granted', 'granted');
  b.hub.state = officerState({ call_sign: 'RSP-3', on_shift_since: new Date().toISOString() });
  await b.page.goto('/officer#code=ABCD-EFGH');
  await b.officer.heading('Waiting for a call-out');
  // Ready may be activating still; what is pushed to a worker that is not active yet is lost.
  await b.page.evaluate(async () => {
    const worker = (await navigator.serviceWorker.ready).active;
    if (!worker || worker.state === 'activated') return;
    await new Promise<void>((done) =>
      worker.addEventListener('statechange', () => worker.state === 'activated' && done()),
    );
  });
  await b.page.goto('/elsewhere');
  return pusher(b.page);
}

test('an offer to a closed page rings, stays until it is answered, and control learns that it came', async () => {
  const push = await closed();
  await push(JSON.stringify(offered));
  await expect.poll(() => b.hub.of('assignment.delivered').length).toBe(1);
  expect(b.hub.of('assignment.delivered')[0]).toMatchObject({ target: CALLOUT, v: 1, body: {} });
  const ring = { title: offered.title, body: offered.body, tag: 'offer-1', silent: false, stays: true };
  expect(await shown(b.page)).toEqual([ring]);
  await push(JSON.stringify({ ...offered, what: 'over', title: 'Call-out no longer offered', body: 'Nothing to do.' }));
  const over = { ...ring, title: 'Call-out no longer offered', body: 'Nothing to do.', silent: true, stays: false };
  await expect.poll(() => shown(b.page)).toEqual([over]);
  expect(b.hub.of('assignment.delivered').length).toBe(1);
  // The page shows it itself from here on.
  await b.page.goto('/officer/');
  await b.officer.heading('Waiting for a call-out');
  await expect.poll(() => shown(b.page)).toEqual([]);
});

test('a push that cannot be read rings all the same', async () => {
  const push = await closed();
  await push('no JSON');
  await expect.poll(() => shown(b.page)).toMatchObject([{ title: 'Call from control', silent: false, stays: true }]);
  await push(JSON.stringify({ ...offered, what: 'newer', tag: 'x' }));
  await expect.poll(() => shown(b.page)).toMatchObject([{ title: 'Call from control', silent: false }]);
  expect(b.hub.of('assignment.delivered')).toEqual([]);
});

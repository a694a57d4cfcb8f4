/** A phone whose storage fails, is full or hangs while an officer needs it. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { bench, onCallout, type Bench } from './bench';
import { launch } from './drive';

let browser: Browser;
let b: Bench;

beforeAll(async () => {
  browser = await launch();
}, 60_000);
afterAll(() => browser?.close());
beforeEach(async () => {
  b = await bench(browser);
  await b.context.addInitScript(faults);
});
afterEach(() => b.end());

/** What the storage does from now on. */
type Storage = 'works' | 'fails on read' | 'is full' | 'hangs';
interface Faulty {
  storage: Storage;
}

/** Runs in the page: the real IndexedDB, with its own errors where the test wants them. */
function faults() {
  const here = window as unknown as Faulty;
  here.storage = 'works';
  const reads = IDBObjectStore.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
  const fail = (names: string[], when: Storage, error: string) => {
    for (const name of names) {
      const real = reads[name]!;
      reads[name] = function (this: unknown, ...args: unknown[]) {
        if (here.storage === when) throw new DOMException('Not now.', error);
        return real.apply(this, args);
      };
    }
  };
  fail(['get', 'getAll', 'getKey', 'getAllKeys'], 'fails on read', 'UnknownError');
  fail(['add', 'put'], 'is full', 'QuotaExceededError');
}

async function storage(now: Storage) {
  await b.page.evaluate(async (now) => {
    const here = window as unknown as Faulty;
    here.storage = now;
    if (now !== 'hangs') return;
    // Another connection that never lets go of a transaction: every later one waits behind it.
    const db = await new Promise<IDBDatabase>((done) => {
      const open = indexedDB.open('watchhouse-officer');
      open.onsuccess = () => done(open.result);
    });
    const held = db.transaction(['values', 'commands', 'pictures'], 'readwrite').objectStore('values');
    const hold = () => {
      if (here.storage === 'hangs') held.get('nothing').onsuccess = hold;
      else db.close();
    };
    hold();
  }, now);
}

const notice = () => b.page.getByRole('heading', { name: 'Not kept on this phone' });

for (const now of ['fails on read', 'is full', 'hangs'] as const) {
  test(`a failed read of the phone's storage keeps no emergency from control: it ${now}`, async () => {
    await onCallout(b);
    await storage(now);
    await b.officer.holdEmergency();
    await expect.poll(() => b.hub.of('escalation.raise').length, { timeout: 4000 }).toBe(1);
    await b.page.getByText('Control has your emergency.').waitFor();
    // So do the things that are no emergency, and what is not kept is said.
    await b.officer.id('rams-sign').click();
    await b.officer.heading('Is this the place?');
    await expect.poll(() => b.hub.of('rams.acknowledge').length, { timeout: 10_000 }).toBe(1);
    await notice().waitFor();
    await storage('works');
    await expect.poll(() => notice().count(), { timeout: 40_000 }).toBe(0);
    await b.officer.id('location-confirm').click();
    await expect.poll(() => b.hub.of('location.confirm').length).toBe(1);
    await expect.poll(() => b.officer.count()).toBe(0);
    expect(b.hub.of('escalation.raise').length).toBe(1);
  }, 90_000);
}

test('one failed read stops no later sending', async () => {
  await onCallout(b);
  await storage('fails on read');
  b.hub.change({ name: 'Sam A. Okoro' });
  await b.officer.id('rams-sign').click();
  await b.officer.heading('Is this the place?');
  await storage('works');
  await b.officer.id('location-confirm').click();
  await expect.poll(() => b.hub.taken.map((c) => c.kind)).toEqual(['rams.acknowledge', 'location.confirm']);
  await expect.poll(() => b.officer.count()).toBe(0);
}, 60_000);

test('what a full phone could not keep is named, and outlives the page once there is room', async () => {
  await onCallout(b);
  await storage('is full');
  await b.context.setOffline(true);
  await b.officer.id('rams-sign').click();
  await b.officer.heading('Is this the place?');
  await notice().waitFor();
  expect(await b.page.getByRole('alert').filter({ has: notice() }).textContent()).toContain('RAMS signature');
  await b.officer.screen('60-not-kept');
  await storage('works');
  await expect.poll(() => notice().count(), { timeout: 40_000 }).toBe(0);
  // Nothing reaches control in this test: what is there after the reload comes from the phone.
  b.hub.delay_ms = 600_000;
  await b.context.setOffline(false);
  await b.page.reload();
  await b.officer.heading('Is this the place?');
  expect(await b.officer.count()).toBe(1);
}, 90_000);

/** The thread on the officer's phone and on the customer's page. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { axe, bench, onCallout, overflow, small, type Bench } from './bench';
import { launch } from './drive';
import { callout, messageView } from './fixtures';

let browser: Browser;
let b: Bench;
const folder = process.env.SHOTS;

beforeAll(async () => {
  browser = await launch();
}, 60_000);
afterAll(() => browser?.close());
afterEach(() => b.end());

const shot = async (name: string) => folder && b.page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
const read = () => b.hub.of('message.read').map((c) => (c.body as { up_to: number }).up_to);

async function onPhone() {
  b = await bench(browser);
  await onCallout(b, {
    messages: [
      messageView({ seq: 40, text: 'Keyholder comes in 20 minutes', at: '2026-11-22T21:40:00Z' }),
      messageView({ seq: 41, text: 'Is anybody there?', at: '2026-11-22T21:44:00Z', unread: true, undelivered: true }),
    ],
  });
}

async function messages() {
  await b.page.getByRole('button', { name: /Menu/ }).click();
  await b.page.getByRole('button', { name: /^Messages/ }).click();
}

test('a message is told to be here at once, and read only when it is before the officer’s eyes', async () => {
  await onPhone();
  await expect.poll(() => b.hub.of('message.delivered').map((c) => c.body)).toEqual([{ up_to: 41 }]);
  await b.page.getByRole('button', { name: /Menu.*1 new messages/ }).waitFor();
  expect(read()).toEqual([]);
  await messages();
  await expect.poll(read).toEqual([41]);
  await b.page.getByRole('button', { name: 'Menu', exact: true }).waitFor();
  await shot('70-officer-thread');
  expect(await axe(b.page)).toEqual([]);
  expect(await small(b.page)).toEqual([]);
  await b.page.setViewportSize({ width: 320, height: 568 });
  expect(await overflow(b.page)).toEqual([]);
});

test('a canned phrase goes in one press, and says who has read it', async () => {
  await onPhone();
  await messages();
  await b.page.getByRole('button', { name: 'On scene, all quiet' }).click();
  await expect
    .poll(() => b.hub.of('note.add').map((c) => c.body))
    .toMatchObject([{ text: 'On scene, all quiet', to: 'control' }]);
  b.hub.change({
    callout: callout({
      messages: [
        messageView({
          seq: 50,
          text: 'On scene, all quiet',
          mine: true,
          at: b.hub.of('note.add')[0]!.at,
          read_at: '2026-11-22T21:45:00Z',
          read_by: 'Control',
        }),
      ],
    }),
  });
  await b.page.getByText(/read by Control \d\d:\d\d/).waitFor();
});

test('what was read without signal is told when there is signal again', async () => {
  await onPhone();
  await expect.poll(() => b.hub.of('message.delivered').length).toBe(1);
  await b.context.setOffline(true);
  await messages();
  await expect.poll(() => b.page.locator('[data-unread="true"]').count()).toBe(0);
  expect(read()).toEqual([]);
  await b.context.setOffline(false);
  await expect.poll(read).toEqual([41]);
});

async function onTrack(dark = false) {
  b = await bench(browser, { dark });
  await b.page.goto('/t/secret-token');
  await b.page.getByTestId('show').click();
  await b.page.getByTestId('stage').waitFor();
}

test('a customer writes, sees the answer, and what is seen is told', async () => {
  await onTrack();
  const text = 'Mein Sohn ist im Haus 👦 “bitte”';
  await b.page.getByTestId('message-text').fill(text);
  await b.page.getByTestId('message-send').click();
  await b.page.getByTestId('messages').getByText(text).waitFor();
  await expect.poll(() => b.hub.said.map((s) => s.text)).toEqual([text]);
  await b.page.locator('[data-read="false"]').waitFor();
  const [mine] = b.hub.track.messages;
  b.hub.changeTrack({
    messages: [
      { ...mine!, read: true },
      { seq: 300, at: new Date().toISOString(), text: 'The officer is with him.', mine: false, read: false },
    ],
  });
  await b.page.getByText('The officer is with him.').waitFor();
  await b.page.getByText('read by the control room').waitFor();
  await expect.poll(() => b.hub.readTo).toBe(300);
  await shot('71-track-messages');
  expect(await axe(b.page)).toEqual([]);
  expect(await small(b.page)).toEqual([]);
  await b.page.setViewportSize({ width: 320, height: 568 });
  expect(await overflow(b.page)).toEqual([]);
});

test('without a connection it is kept and sent once when there is one', async () => {
  await onTrack(true);
  await b.context.setOffline(true);
  await b.page.getByTestId('message-text').fill('Is anybody there?');
  await b.page.getByTestId('message-send').click();
  await b.page.getByText('not sent yet', { exact: false }).first().waitFor();
  await b.context.setOffline(false);
  await expect.poll(() => b.hub.said.length, { timeout: 20_000 }).toBe(1);
  await expect.poll(() => b.page.getByTestId('messages').getByText('Is anybody there?').count()).toBe(1);
});

test('what the hub does not take stays in the field with the reason', async () => {
  await onTrack();
  b.hub.sayNo = 'Please wait some minutes.';
  await b.page.getByTestId('message-text').fill('again');
  await b.page.getByTestId('message-send').click();
  await b.page.getByRole('alert').getByText('Please wait some minutes.').waitFor();
  expect(await b.page.getByTestId('message-text').inputValue()).toBe('again');
  expect(b.hub.said).toEqual([]);
});

test('when it is over nobody writes any more, what was said stays', async () => {
  await onTrack();
  b.hub.changeTrack({
    stage: 'closed',
    may_write: false,
    messages: [{ seq: 3, at: new Date().toISOString(), text: 'All is secure.', mine: false, read: true }],
  });
  await b.page.getByText('All is secure.').waitFor();
  expect(await b.page.getByTestId('message-text').count()).toBe(0);
});

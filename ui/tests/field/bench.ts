/** One hub, one phone and what went wrong on its page, for a page test. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { Officer, phone, type OnScreen, type PhoneOptions } from './drive';
import { FakeHub } from './fake-hub';
import { callout } from './fixtures';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export interface Bench {
  hub: FakeHub;
  base: string;
  context: BrowserContext;
  page: Page;
  officer: Officer;
  /** Closes everything; fails when the page threw or complained. */
  end: () => Promise<void>;
}

export async function bench(browser: Browser, options: PhoneOptions = {}, onScreen?: OnScreen): Promise<Bench> {
  const hub = new FakeHub();
  const base = await hub.listen();
  const context = await phone(browser, base, options);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) errors.push(message.text());
  });
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== base) errors.push(`outside request: ${request.url()}`);
  });
  const end = async () => {
    await context.close();
    await hub.close();
    expect(errors).toEqual([]);
  };
  return { hub, base, context, page, officer: new Officer(page, hub, onScreen), end };
}

/** Enrolled, on shift, with this call-out at this stage. */
export async function onCallout(b: Bench, more: Parameters<typeof callout>[0] = {}) {
  b.hub.state = {
    ...b.hub.state,
    call_sign: 'RSP-3',
    on_shift_since: new Date().toISOString(),
    callout: callout(more),
  };
  await b.page.goto('/officer#code=ABCD-EFGH');
  await b.officer.id('step-1').waitFor();
}

interface AxeResult {
  violations: { id: string; impact: string; help: string; nodes: { html: string; failureSummary: string }[] }[];
}

/** Serious and critical findings of axe-core on the page as it is. */
export async function axe(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResult;
  return violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')}`);
}

/** How far the page is wider than its window, and which elements stick out. */
export async function overflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll('body *')]
      .filter((e) => e.getBoundingClientRect().right > width + 1 && !e.classList.contains('sr-only'))
      .map((e) => `${e.tagName} ${e.className} ${Math.round(e.getBoundingClientRect().right)} > ${width}`);
  });
}

/** Buttons, links and fields lower than 44 px, which a glove misses. */
export async function small(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('button, a[href], input:not([type=file]), textarea, summary')]
      .map((e) => ({ e, box: e.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && box.height < 44)
      .map(({ e, box }) => `${e.textContent?.trim() || e.id} ${Math.round(box.height)}`),
  );
}

/** Drives the officer page as an officer would, screen by screen. */
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { ASSIGNMENT, CALLOUT, offer } from './fixtures';
import type { FakeHub } from './fake-hub';

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--mute-audio'],
  });

export interface PhoneOptions {
  width?: number;
  height?: number;
  dark?: boolean;
}

export async function phone(
  browser: Browser,
  base: string,
  { width = 390, height = 844, dark = true }: PhoneOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL: base,
    viewport: { width, height },
    deviceScaleFactor: 1,
    hasTouch: true,
    isMobile: true,
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    permissions: ['geolocation'],
    geolocation: { latitude: 51.5561, longitude: -0.1589, accuracy: 12 },
  });
  context.setDefaultTimeout(40_000);
  return context;
}

/** At the site, for arrivals. */
export const AT_SITE = { latitude: 51.55212, longitude: -0.15528, accuracy: 10 };

/** Called on every screen the drive comes to. */
export type OnScreen = (name: string, page: Page) => Promise<void>;
const nothing: OnScreen = async () => undefined;

export class Officer {
  constructor(
    readonly page: Page,
    readonly hub: FakeHub,
    private onScreen: OnScreen = nothing,
  ) {}

  id = (id: string) => this.page.getByTestId(id);
  button = (name: string | RegExp) => this.page.getByRole('button', { name, exact: typeof name === 'string' });
  heading = (name: string | RegExp) => this.page.getByRole('heading', { level: 1, name }).waitFor();
  screen = (name: string) => this.onScreen(name, this.page);

  async enrol() {
    await this.page.goto('/officer');
    await this.heading('Join this phone to control');
    await this.screen('01-enrol');
    await this.page.goto('/officer/#code=ABCD-EFGH');
    await this.page.reload();
    await this.heading(/Sign on/);
  }

  async signOn() {
    await this.button(/RSP-3/).click();
    await this.screen('02-sign-on');
    await this.id('sign-on').click();
    await this.heading('Waiting for a call-out');
    await this.page.waitForTimeout(300);
    await this.screen('03-waiting');
  }

  async offer(seconds = 60) {
    this.hub.change({ offer: offer(new Date(Date.now() + seconds * 1000).toISOString()) });
    await this.id('offer-accept').waitFor();
    await this.screen('04-offer');
  }

  async accept() {
    await this.id('offer-accept').click();
    await this.id('rams-sign').waitFor();
    await this.screen('06-rams');
  }

  async goThere() {
    await this.id('rams-sign').click();
    await this.heading('Is this the place?');
    await this.screen('07-location');
    await this.id('location-confirm').click();
    await this.heading('Set off');
    await this.screen('08-set-off');
    await this.id('en-route').click();
    await this.heading('On your way');
    await this.page.context().setGeolocation(AT_SITE);
    await this.page.getByText(/You are at the site/).waitFor();
    await this.screen('09-on-the-way');
    await this.id('arrive').click();
    await this.heading('Where did you park?');
    await this.screen('10-park');
    await this.id('on-foot').click();
  }

  async beforeAssessment() {
    await this.heading('Site checklist');
    await this.screen('11-checklist-before');
    await this.answer('vehicles', 'no');
    await this.id('checklist-done').click();
  }

  async answer(item: string, value: string) {
    await this.id(`checklist-${item}`).locator(`[data-value="${value}"]`).click();
  }

  async picture(scope: string, file: string) {
    await this.id(scope).locator('input[type=file]').setInputFiles(file);
    await this.id(scope).locator('img').first().waitFor();
  }

  async assess() {
    await this.heading('Is it safe to go on?');
    await this.screen('12-assessment');
    for (const value of ['none seen', 'poor', 'wet']) await this.page.locator(`[data-value="${value}"]`).click();
    await this.page.locator('[data-value="dog"]').click();
    await this.page.locator('[data-value="torch"]').click();
    await this.page.locator('[data-value="stay_in_sight"]').click();
    await this.screen('13-assessment-filled');
    await this.id('dra-decision').locator('[data-decision="proceed_with_controls"]').click();
  }

  async checklist(file: string) {
    await this.heading('Site checklist');
    await this.answer('door-closed', 'yes');
    await this.picture('checklist-door-picture', file);
    await this.id('checklist-meter').locator('input[inputmode=decimal]').fill('4711');
    await this.id('checklist-meter').getByRole('button', { name: 'Save' }).click();
    await this.answer('panel', 'Nothing');
    await this.screen('14-checklist');
    await this.id('checklist-done').click();
  }

  async inspect(file: string) {
    await this.heading('Look round outside');
    for (const group of await this.page.locator('[data-testid^="finding-outside-"]').all()) {
      await group.locator('[data-value="ok"]').click();
    }
    await this.id('finding-outside-lighting').locator('[data-value="issue"]').click();
    await this.id('finding-outside-lighting').locator('input:not([type=file])').fill('Lamp over the door is out');
    await this.picture('finding-outside-lighting', file);
    await this.screen('15-inspection');
    await this.id('inspection-record').click();
    await this.heading('Look round inside');
    await this.id('stay-out').click();
    await this.page.getByLabel('Why did you not go in?').fill('Key safe empty');
    await this.screen('16-inside');
    await this.id('not-entered').click();
  }

  async forcedEntry() {
    await this.heading('Did somebody get in?');
    for (const opening of ['door', 'window', 'roof', 'wall', 'shutter', 'lock']) {
      await this.id(`opening-${opening}`).locator('[data-value="intact"]').click();
    }
    await this.page.locator('[data-value="none"]').click();
    await this.screen('17-forced-entry');
    await this.id('forced-record').click();
  }

  async secure() {
    await this.heading('Secure it, reset the alarm');
    await this.page.locator('[data-value="secure"]').click();
    await this.page.locator('[data-value="set"]').click();
    await this.page.locator('[data-value="officer"]').click();
    await this.page.getByLabel(/^Keys/).fill('Back in the safe');
    await this.screen('18-secure');
    await this.id('secure-record').click();
  }

  async report() {
    await this.heading('Finish the report');
    await this.page.getByLabel(/What happened/).fill('Door closed and locked. No sign of entry. Lamp out.');
    await this.page.locator('[data-value="equipment_fault"]').click();
    const box = (await this.id('signature').boundingBox())!;
    await this.id('signature').scrollIntoViewIfNeeded();
    const at = (await this.id('signature').boundingBox()) ?? box;
    await this.page.mouse.move(at.x + 40, at.y + 60);
    await this.page.mouse.down();
    for (let i = 1; i < 12; i++) await this.page.mouse.move(at.x + 40 + i * 12, at.y + 60 + (i % 2 ? -18 : 14));
    await this.page.mouse.up();
    await this.screen('19-report');
    await this.id('report-submit').click();
  }

  /** From the first assessment to the sent report. */
  async work(file: string) {
    await this.goThere();
    await this.beforeAssessment();
    await this.assess();
    await this.checklist(file);
    await this.inspect(file);
    await this.forcedEntry();
    await this.secure();
    await this.report();
    await this.heading(/Report (sent|finished)/);
  }

  /** Holds the emergency button until it counts. */
  async holdEmergency() {
    await this.id('emergency').focus();
    await this.page.keyboard.down('Space');
    await this.page.getByText('Emergency raised', { exact: true }).waitFor();
    await this.page.keyboard.up('Space');
  }

  count = async (): Promise<number> => Number(await this.id('not-sent-count').getAttribute('data-count'));
  link = (): Promise<string | null> => this.page.locator('body').getAttribute('data-link');
}

export { ASSIGNMENT, CALLOUT };

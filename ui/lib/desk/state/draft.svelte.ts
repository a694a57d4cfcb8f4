/** A call-out being written. It outlives the panel: looking at something else loses no word of it. */
import { uuid7 } from '$lib/shared/uuid7';
import type { AlarmRow } from '$lib/generated/AlarmRow';
import type { SiteView } from '$lib/generated/SiteView';
import type { Act } from '../host/host';

export interface Point {
  lat: number;
  lon: number;
}

export class Draft {
  id = $state(uuid7());
  alarm = $state<string | null>(null);
  site = $state<string | null>(null);
  /** As typed; a look-up never rewrites it. */
  address = $state('');
  /** A place in any form, as typed: it says where the pin belongs and moves nothing. */
  place = $state('');
  point = $state.raw<Point | null>(null);
  picking = $state(false);
  about = $state('');
  priority = $state(3);
  text = $state('');
  offer = $state(true);

  readonly begun = $derived(
    this.address !== '' ||
      this.site !== null ||
      this.place !== '' ||
      this.point !== null ||
      this.text !== '' ||
      this.about !== '',
  );
  readonly placed = $derived(this.site !== null || this.point !== null);
  /** What is still missing, in a sentence; empty when it can be sent. */
  readonly missing = $derived(
    !this.about && !this.alarm
      ? 'Say what it is about.'
      : !this.placed
        ? this.place.trim() === ''
          ? 'Choose a site, or put a point on the map.'
          : 'Choose a site, or put the pin where the typed place is.'
        : this.site === null && this.address.trim() === ''
          ? 'Type the address: the officer reads it.'
          : '',
  );

  clear(): void {
    this.id = uuid7();
    this.alarm = null;
    this.site = null;
    this.address = '';
    this.place = '';
    this.point = null;
    this.picking = false;
    this.about = '';
    this.priority = 3;
    this.text = '';
    this.offer = true;
  }

  fromAlarm(row: AlarmRow): void {
    this.clear();
    this.alarm = row.id;
    this.site = row.site;
    this.priority = row.priority;
    this.text = [row.text, row.zone].filter(Boolean).join(', ');
    if (!row.site && row.lat !== null && row.lon !== null) this.point = { lat: row.lat, lon: row.lon };
  }

  /** Typed text and pin stay: whether they fit the site is told, not settled by dropping one. */
  chooseSite(site: SiteView | null): void {
    this.site = site?.id ?? null;
    if (site) this.picking = false;
  }

  act(): Act {
    const body: Record<string, unknown> = { priority: this.priority, text: this.text.trim(), offer: this.offer };
    if (this.alarm) body['alarm'] = this.alarm;
    if (this.about) body['type'] = this.about;
    if (this.site) body['site'] = this.site;
    if (this.point) body['point'] = this.point;
    // As somebody gave it: whoever goes there reads the same words.
    if (this.place.trim()) body['place'] = this.place.trim();
    // Without a text of its own the call-out has the site's address.
    const address = this.address.trim();
    if (address !== '' || !this.site) body['address'] = address;
    return { kind: 'callout.create', target: this.id, body };
  }
}

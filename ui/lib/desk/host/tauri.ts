/** The desk behind the window: commands of src-tauri, a channel of patches, one event. */
import { Channel, invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { Attention, Host, LeavingView, Patch } from './host';

export const tauriHost: Host = {
  board: () => invoke('board'),

  async subscribe(onPatch) {
    let open = true;
    const channel = new Channel<Patch>((patch) => {
      if (open) onPatch(patch);
    });
    await invoke('subscribe', { channel });
    return () => {
      open = false;
    };
  },

  detail: (callout) => invoke('detail', { callout }),
  act: (act) => invoke('act', { act }),
  callHelp: (question) => invoke('call_help', { question }),
  place: (question) => invoke('place', { question }),
  lookUpWords: (words, near) => invoke('look_up_words', { words, near }),
  wordsAt: (pin) => invoke('words_at', { pin }),
  resolve: (conflict, choice, reason) => invoke('resolve', { conflict, choice, reason }),

  async picture(callout, sha256) {
    const bytes = await invoke<ArrayBuffer | number[]>('picture', { callout, sha256 });
    const data = bytes instanceof ArrayBuffer ? bytes : new Uint8Array(bytes);
    return URL.createObjectURL(new Blob([data], { type: typeOf(data) }));
  },

  trackingLink: (callout) => invoke('tracking_link', { callout }),
  writingLink: (checklist, { days, to, message }) => invoke('writing_link', { checklist, days, to, message }),
  reportPdf: (callout, version) => invoke('report_pdf', { callout, version: version ?? null }),
  outside: (callout) => invoke('outside', { callout }),
  sendAgain: (callout) => invoke('send_again', { callout }),
  attachDocument: (file) => invoke('attach_document', file),
  attachPicture: (file) => invoke('attach_picture', file),
  async hintPicture(sha256) {
    const bytes = await invoke<ArrayBuffer | number[]>('hint_picture', { sha256 });
    const data = bytes instanceof ArrayBuffer ? bytes : new Uint8Array(bytes);
    return URL.createObjectURL(new Blob([data], { type: typeOf(data) }));
  },
  openDocument: (sha256, name) => invoke('open_document', { sha256, name }),
  register: () => invoke('register'),
  siteHistory: (site) => invoke('site_history', { site }),
  siteRecord: (site) => invoke('site_record', { site }),
  previewRegister: (file) => invoke('preview_register', file),
  applyRegister: (file) => invoke('apply_register', file),
  exportRegister: (what) => invoke('export_register', { what }),
  addPanel: (panel) => invoke('add_panel', { panel }),
  enrolCode: (officer) => invoke('enrol_code', { officer }),
  mapBase: () => invoke('map_base'),
  prefs: () => invoke('prefs'),
  setPref: (key, value) => invoke('set_pref', { key, value }),

  heard(callout) {
    // Sound stops all the same; a notification that stays is closed by hand.
    invoke('heard', { callout }).catch(() => undefined);
  },

  painted(alarmIds, paintedAtMs) {
    // A measurement that fails costs nothing but the measurement.
    invoke('painted', { alarmIds, paintedAtMs }).catch(() => undefined);
  },

  onAttend: (cb) => listen<Attention>('attend', (event) => cb(event.payload)),
  handover: (since) => invoke('handover', { since }),
  leaving: () => invoke('leaving'),
  onLeaving: (cb) => listen<LeavingView>('leaving', (event) => cb(event.payload)),
  stay: () => invoke('stay'),
  leave: (stopHub) => invoke('leave', { stopHub }),
};

/** JPEG, PNG or WebP by their first bytes; an <img> needs no more. */
function typeOf(data: ArrayBuffer | Uint8Array): string {
  const head = new Uint8Array(data instanceof ArrayBuffer ? data : data.buffer, 0, Math.min(4, data.byteLength));
  if (head[0] === 0x89) return 'image/png';
  if (head[0] === 0x52) return 'image/webp';
  return 'image/jpeg';
}

/** Threads, ladders and handovers of the invented evening; a plausible desk, not the real one. */
import type { Board } from '$lib/generated/Board';
import type { CalloutDetail } from '$lib/generated/CalloutDetail';
import type { CalloutRow } from '$lib/generated/CalloutRow';
import type { HandoverLine } from '$lib/generated/HandoverLine';
import type { HandoverView } from '$lib/generated/HandoverView';
import type { PlanView } from '$lib/generated/PlanView';
import type { ServiceCallView } from '$lib/generated/ServiceCallView';
import type { SignedHandover } from '$lib/generated/SignedHandover';
import type { ThreadMessage } from '$lib/generated/ThreadMessage';
import type { TryView } from '$lib/generated/TryView';
import type { Act, Acted } from '../host';
import { ago } from './people';

const KINDS = [
  'note.add',
  'message.read',
  'contact.tried',
  'contacts.settle',
  'escalation.plan',
  'major.declare',
  'liaison.record',
];
const SERVICES = ['police', 'ambulance', 'fire'];
const AGAIN_MS = 5 * 60_000;

export const message = (seq: number, at: string, more: Partial<ThreadMessage> = {}): ThreadMessage => ({
  seq,
  at,
  who: 'Control room',
  to: 'officer',
  text: '',
  pictures: [],
  mine: true,
  unread: false,
  share: false,
  pending: false,
  receipts: [],
  ...more,
});

interface Said {
  messages: ThreadMessage[];
  readTo: number;
  tries: Map<string, TryView[]>;
  settled: string | null;
  services: Map<string, ServiceCallView>;
  plan: PlanView | null;
  major: string | null;
}

export class Talk {
  #said = new Map<string, Said>();
  #seq = 200;
  signed: SignedHandover[] = [];
  written: { id: string; watch_outs: string; writes: number; at: string } | null = null;
  /** What the handover should say happened after it was opened. */
  news: HandoverLine[] = [];

  of(callout: string): Said {
    const known = this.#said.get(callout);
    if (known) return known;
    const fresh = {
      messages: [],
      readTo: 0,
      tries: new Map(),
      settled: null,
      services: new Map(),
      plan: null,
      major: null,
    };
    this.#said.set(callout, fresh);
    return fresh;
  }

  /** Somebody else writes: an officer or the customer. */
  write(callout: string, who: string, text: string): ThreadMessage {
    const written = message(++this.#seq, new Date().toISOString(), {
      who,
      to: 'control',
      text,
      mine: false,
      share: who === 'Customer',
      receipts: [{ who: 'Control room', delivered_at: null, read_at: null }],
    });
    this.of(callout).messages.push(written);
    return written;
  }

  takes(act: Act): boolean {
    if (act.kind === 'liaison.record') return SERVICES.includes(String(act.body['whom']));
    return KINDS.includes(act.kind);
  }

  rowAfter(row: CalloutRow, act: Act): Partial<CalloutRow> {
    const said = this.of(row.id);
    const at = new Date().toISOString();
    const body = act.body;
    switch (act.kind) {
      case 'note.add': {
        const to = String(body['to'] ?? '');
        const who = to === 'customer' ? 'Customer' : to === 'control' ? null : (row.unit ?? 'Officer');
        said.messages.push(
          message(++this.#seq, at, {
            to,
            text: String(body['text']),
            share: to === 'customer',
            pending: true,
            receipts: who ? [{ who, delivered_at: null, read_at: null }] : [],
          }),
        );
        return {
          attention: row.attention.filter(
            (a) => a.kind !== 'news' && !(who === 'Customer' && a.kind === 'customer_update'),
          ),
        };
      }
      case 'message.read':
        said.readTo = Math.max(said.readTo, Number(body['up_to']));
        return { unread: 0, attention: row.attention.filter((a) => a.kind !== 'customer_message') };
      case 'contact.tried': {
        const contact = String(body['contact']);
        const tries = said.tries.get(contact) ?? [];
        said.tries.set(contact, [{ at, outcome: String(body['outcome']), note: '' }, ...tries]);
        return {};
      }
      case 'contacts.settle':
        said.tries.clear();
        said.settled =
          body['decision'] === 'try_again'
            ? 'Rung again from the first'
            : `Goes on without them: ${String(body['reason'])}`;
        return { attention: row.attention.filter((a) => a.kind !== 'contacts') };
      case 'major.declare':
        said.major = body['on'] ? at : null;
        return {};
      case 'escalation.plan':
        said.plan = {
          at,
          rendezvous: String(body['rendezvous'] ?? ''),
          cordon: String(body['cordon'] ?? ''),
          next_update_at: (body['next_update_at'] as string | null) ?? null,
        };
        return { attention: row.attention.filter((a) => a.kind !== 'planned_update') };
      default: {
        const whom = String(body['whom']);
        const outcome = String(body['outcome']);
        const known = said.services.get(whom);
        said.services.set(whom, {
          whom,
          called_at: known?.called_at ?? at,
          attending_at: known?.attending_at ?? (outcome === 'attending' ? at : null),
          arrived_at: known?.arrived_at ?? (outcome === 'arrived' ? at : null),
          done_at: known?.done_at ?? (outcome === 'done' ? at : null),
          due_at: (body['due_at'] as string | undefined) ?? known?.due_at ?? null,
          agreed: String(body['authorised_by'] ?? '') || (known?.agreed ?? ''),
          reference: String(body['reference'] ?? '') || (known?.reference ?? ''),
          outcome,
        });
        return {};
      }
    }
  }

  /** The panel with what was said and done on it. */
  onto(detail: CalloutDetail, now: number): CalloutDetail {
    const said = this.of(detail.row.id);
    const begins =
      detail.row.id === 'callout-1847'
        ? [
            message(45, ago(now, 170_000), {
              text: 'Reception says nobody is hurt. One person left towards Robert Street.',
              receipts: [{ who: 'RSP-1', delivered_at: ago(now, 168_000), read_at: ago(now, 150_000) }],
            }),
            message(46, ago(now, 120_000), {
              who: 'RSP-1',
              to: 'control',
              text: 'At the door. Shutter is stuck a hand’s width open.',
              mine: false,
              receipts: [{ who: 'Control room', delivered_at: ago(now, 119_000), read_at: ago(now, 110_000) }],
            }),
            message(47, ago(now, 60_000), {
              to: 'customer',
              text: 'An officer is at your office. Nobody is hurt.',
              share: true,
              receipts: [{ who: 'Customer', delivered_at: ago(now, 58_000), read_at: null }],
            }),
          ]
        : [];
    const thread = [...begins, ...said.messages.map((m) => ({ ...m, unread: !m.mine && m.seq > said.readTo }))];
    return {
      ...detail,
      thread,
      plan: said.plan,
      major_at: said.major,
      can: [
        ...detail.can,
        ...(said.major ? ['major.declare off'] : detail.row.escalation >= 3 ? ['major.declare on'] : []),
      ],
      services: [...said.services.values()],
      ladder: this.#ladder(detail, said, now),
    };
  }

  #ladder(detail: CalloutDetail, said: Said, now: number): CalloutDetail['ladder'] {
    const contacts = detail.site?.contacts ?? [];
    const answered = [...said.tries.values()].some((t) => t[0]?.outcome === 'answered');
    const first = contacts.find((c) => !said.tries.has(c.id) && c.telephone);
    const rungs = contacts.map((c) => {
      const tries = said.tries.get(c.id) ?? [];
      const last = tries[0];
      const again = last?.outcome === 'no_reply' || last?.outcome === 'left_message';
      return {
        contact: c.id,
        role: c.role,
        name: c.name,
        telephone: c.telephone,
        tries,
        again_at: last && again ? new Date(Date.parse(last.at) + AGAIN_MS).toISOString() : null,
        next: !answered && first?.id === c.id,
      };
    });
    const nobody = contacts.length > 0 && !answered && rungs.every((r) => r.tries.length > 0);
    return { rungs, nobody_since: nobody ? ago(now, 0) : null, settled: said.settled };
  }

  handOver(act: Act): Acted {
    const body = act.body;
    const at = new Date().toISOString();
    const id = act.target || crypto.randomUUID();
    if (act.kind === 'handover.write') {
      this.written = { id, watch_outs: String(body['watch_outs']), writes: (this.written?.writes ?? 0) + 1, at };
    } else {
      if (Number(body['writes']) !== (this.written?.writes ?? 0))
        return {
          command: crypto.randomUUID(),
          made: null,
          refusal: {
            code: 'handover_newer',
            text: 'The watch-outs were written again after this was read.',
            mend: 'Read them, then sign.',
          },
        };
      this.signed.unshift({
        id,
        at,
        from: String(body['from']),
        to: String(body['to']),
        account: 'Operator',
        read_at: Number(body['read_at']),
        watch_outs: this.written?.watch_outs ?? '',
        text: String(body['text']),
      });
      this.written = null;
    }
    return { command: crypto.randomUUID(), made: id, refusal: null };
  }
}

const line = (head: string, text: string, more: Partial<HandoverLine> = {}): HandoverLine => ({
  head,
  text,
  at: null,
  warn: false,
  callout: null,
  alarm: null,
  ...more,
});

export function handover(board: Board, talk: Talk, since: number | null, now: number): HandoverView {
  const open = board.callouts.filter((c) => c.open);
  const waiting = board.alarms.filter((a) => a.state === 'new' || a.state === 'viewed');
  const shelved = board.alarms.filter((a) => a.state === 'shelved');
  const section = (kind: string, title: string, none: string, lines: HandoverLine[]) => ({ kind, title, none, lines });
  const name = (c: CalloutRow) => `${c.priority} ${c.number} ${c.title} · ${c.place}`;
  const sections = [
    section(
      'callouts',
      'Open call-outs',
      'None.',
      open.map((c) => line(name(c), c.line, { callout: c.id, at: c.due_at, warn: c.escalation > 1 })),
    ),
    section(
      'on_scene',
      'Officers on scene',
      'Nobody.',
      open
        .filter((c) => c.state === 'on_scene')
        .map((c) => line(c.unit ?? 'Officer', `alone at ${c.number} ${c.title} · ${c.place}`, { callout: c.id })),
    ),
    section(
      'alarms',
      'Alarms nobody has taken',
      'None.',
      waiting.map((a) =>
        line(`${a.priority} ${a.title} · ${a.place}`, a.state === 'new' ? 'not looked at' : 'looked at', {
          alarm: a.id,
          at: a.received_at,
          warn: true,
        }),
      ),
    ),
    section(
      'shelved',
      'Shelved alarms',
      'None.',
      shelved.map((a) =>
        line(`${a.priority} ${a.title} · ${a.place}`, a.shelved_reason ?? '', { alarm: a.id, at: a.shelved_until }),
      ),
    ),
    section('held', 'Call-outs put off', 'None.', []),
    section(
      'unread',
      'Messages nobody has read',
      'None.',
      open.filter((c) => c.unread > 0).map((c) => line(name(c), `${c.unread} messages`, { callout: c.id })),
    ),
    section('silent', 'Silent panels and trackers', 'None known.', [
      line('RSP-5', 'no position since', { at: ago(now, 420_000) }),
    ]),
  ];
  const text = sections.map((s) => [s.title.toUpperCase(), ...s.lines.map((l) => `- ${l.head}: ${l.text}`)].join('\n'));
  return {
    id: talk.written?.id ?? '',
    read_at: 4711,
    writes: talk.written?.writes ?? 0,
    watch_outs: talk.written?.watch_outs ?? '',
    written_by: talk.written ? 'Operator' : '',
    written_at: talk.written?.at ?? null,
    sections,
    text: ['Handover', ...text].join('\n\n'),
    changed: since === null ? [] : talk.news,
    earlier: talk.signed,
  };
}

/** The telephone of the invented evening; a plausible desk, not the real one. */
import type { CallCard } from '$lib/generated/CallCard';
import type { CallHelp } from '$lib/generated/CallHelp';
import type { CallQuestion } from '$lib/generated/CallQuestion';
import type { CallRow } from '$lib/generated/CallRow';
import type { ThriveView } from '$lib/generated/ThriveView';
import type { Act, Acted } from '../host';
import type { World } from './world';

const CARD: CallCard = {
  caller: '',
  number: '',
  about: '',
  address: '',
  place: '',
  point: null,
  site: null,
  text: '',
};

const answer = (made: string | null = null): Acted => ({ command: crypto.randomUUID(), made, refusal: null });

export function callRow(from: string, more: Partial<CallRow> = {}): CallRow {
  return {
    id: `call-${crypto.randomUUID()}`,
    number: from,
    to: '020 7946 0000',
    phase: 'ringing',
    began_at: new Date(Date.now() - 12_000).toISOString(),
    answered_at: null,
    ended_at: null,
    answer_s: null,
    taken_by: null,
    mine: false,
    by_hand: false,
    waits: true,
    card: CARD,
    grade: null,
    graded: 0,
    pending: false,
    ...more,
  };
}

const refused = (text: string): Acted => ({
  command: crypto.randomUUID(),
  made: null,
  refusal: { code: 'call_closed', text, mend: null },
});

export function onCall(world: World, act: Act): Acted {
  const known = world.board.calls.find((row) => row.id === act.target);
  const now = new Date().toISOString();
  const taken = { taken_by: 'Operator', mine: true, waits: false, pending: true };
  if (act.kind === 'call.put') {
    const row =
      known ?? callRow('', { id: act.target, phase: 'answered', by_hand: true, began_at: now, answered_at: now });
    const card = act.body as unknown as CallCard;
    world.send({ calls: [{ ...row, ...taken, card, number: card.number || row.number }] });
    return answer(known ? null : act.target);
  }
  if (!known) return refused('This call is closed: advice given.');
  switch (act.kind) {
    case 'call.answer': {
      const rang = known.phase === 'ringing' ? { phase: 'answered', answered_at: now, answer_s: 12 } : {};
      world.send({ calls: [{ ...known, ...taken, ...rang }] });
      return answer();
    }
    case 'call.grade': {
      const { priority, ...thrive } = act.body;
      const grade = { thrive: thrive as unknown as ThriveView, priority: Number(priority), at: now };
      world.send({ calls: [{ ...known, grade, graded: known.graded + 1 }] });
      return answer();
    }
    default:
      world.send({ calls_gone: [known.id] });
      return answer();
  }
}

export function helpWith(world: World, question: CallQuestion): CallHelp {
  const levels = Object.values(question.thrive).map((aspect) => aspect.level);
  const suggested = levels.includes('high') ? 1 : levels.includes('some') ? 2 : levels.some(Boolean) ? 4 : null;
  const words = ['', 'emergency', 'urgent', 'soon', 'routine'];
  const why = ['', 'somebody is threatened now', 'there are threats', '', 'nothing urgent was said'];
  const near = world.board.callouts.find((row) => row.open && question.site && row.place === siteName(world, question));
  return {
    likely: near
      ? [
          {
            kind: 'callout',
            id: near.id,
            what: `${near.number} ${near.title}`,
            began_at: near.created_at,
            open: true,
            reasons: [`the same site, ${near.place}`],
          },
        ]
      : [],
    suggested,
    suggestion:
      suggested === null
        ? 'Nothing has been asked yet.'
        : `Priority ${suggested}, ${words[suggested]}: ${why[suggested]}.`,
    service: world.closedWith === null,
    hours: '16:00–03:00',
    alternative: world.closedWith ?? '',
  };
}

const siteName = (world: World, question: CallQuestion): string =>
  world.board.sites.find((site) => site.id === question.site)?.name ?? '';

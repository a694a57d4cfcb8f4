/**
 * Places for the invented evening. What is typed is answered from `places.json`, whose answers a test of the desk's own
 * program makes sure of; another question gets what can be said without it.
 */
import type { PlaceLookup } from '$lib/generated/PlaceLookup';
import type { PlaceQuestion } from '$lib/generated/PlaceQuestion';
import type { PlaceView } from '$lib/generated/PlaceView';
import { coordinates } from '../../place/words';
import known from './places.json';

const ANSWERS = known.answers as { question: PlaceQuestion; answer: PlaceView }[];

export function placeOf(question: PlaceQuestion): PlaceView {
  const site = question.site?.replace(/^site-/, '').toUpperCase() ?? null;
  const key = (q: PlaceQuestion) => JSON.stringify([q.site, q.typed.trim(), q.words_at?.lat, q.words_at?.lon]);
  const found = ANSWERS.find((row) => key(row.question) === key({ ...question, site }));
  const pin = question.pin && {
    ...question.pin,
    coordinates: coordinates(question.pin),
    grid_reference: null,
    plus_code: '',
  };
  return { ...(found?.answer ?? NOTHING), pin };
}

const NOTHING: PlaceView = {
  kind: 'empty',
  form: '',
  canonical: '',
  at: null,
  size_m: 0,
  note: '',
  read_back: '',
  near: '',
  pin: null,
  compared: 0,
  warnings: [],
  advice: '',
};

const SOAP = {
  lat: 51.520847,
  lon: -0.195521,
  coordinates: '51.52085, −0.19552',
  grid_reference: 'TQ 25292 81757',
  plus_code: '9C3XGRC3+8Q',
};

/** One address exists. */
export function lookUp(words: string): Promise<PlaceLookup> {
  const bare = words.replace(/^\/+/, '');
  const said = { words: bare, source: 'what3words', asked_at: new Date().toISOString(), suggestions: [] };
  if (bare === 'filled.count.soap') {
    return Promise.resolve({
      ...said,
      state: 'found',
      text: '///filled.count.soap is near Bayswater, London.',
      at: SOAP,
      near: 'Bayswater, London',
      suggestions: [{ words: 'filled.counts.soap', near: 'Camden, London', distance_km: 0.3 }],
    });
  }
  const text = `There is no place ///${bare}. Ask the caller to spell it.`;
  return Promise.resolve({ ...said, state: 'unknown', text, at: null, near: '' });
}

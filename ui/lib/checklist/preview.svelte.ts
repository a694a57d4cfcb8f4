/** Keeps what is tried out in the builder's preview, as a phone keeps an officer's answers. Nothing leaves it. */
import type { Bodies, Kind } from '$lib/field/command';
import { take } from '$lib/field/picture';
import type { ItemView } from '$lib/generated/ItemView';
import type { Keeper } from '../../officer/keeper';

type Answer = Bodies['checklist.answer'];

export class Preview implements Keeper {
  hint: (sha256: string) => Promise<string>;
  constructor(hint: (sha256: string) => Promise<string>) {
    this.hint = hint;
  }

  answers = $state.raw<Record<string, Answer>>({});
  pictures = $state.raw<Keeper['pictures']>([]);
  readonly view = null;

  /** The item with what was answered here. */
  shown(item: ItemView): ItemView {
    const given = this.answers[item.id];
    if (!given) return item;
    const { value, unable, note, pictures, asset, scanned } = given;
    return { ...item, value, unable, note, pictures, asset, scanned };
  }
  clear() {
    this.answers = {};
    this.pictures = [];
  }

  act: Keeper['act'] = async <K extends Kind>(kind: K, _: string, body: Bodies[K]) => {
    if (kind === 'checklist.answer') {
      const answer = $state.snapshot(body) as Answer;
      this.answers = { ...this.answers, [answer.item]: answer };
    }
    return undefined as never;
  };
  takePicture = async (file: Blob): Promise<string> => {
    const picture = { ...(await take(file, '', '')), confirmed: true };
    this.pictures = [...this.pictures, picture];
    return picture.sha256;
  };
  dropPicture = async (sha256: string): Promise<void> => {
    this.pictures = this.pictures.filter((p) => p.sha256 !== sha256);
  };
  point = () => null;
  readForm = async () => undefined;
  keepForm = async () => undefined;
  formKey = (name: string) => name;
}

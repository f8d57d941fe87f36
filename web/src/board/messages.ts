// Short messages over the board, which go away by themselves.

export interface Toast {
  id: number;
  kind: 'info' | 'danger' | 'good';
  text: string;
}

const SHOWN_MS = 6_000;
/** Older ones make room. */
const MOST = 4;

export class Messages {
  shown: Toast[] = [];
  #last = 0;

  constructor(private readonly changed: () => void) {}

  add(kind: Toast['kind'], text: string): void {
    const id = (this.#last += 1);
    this.shown = [...this.shown.slice(1 - MOST), { id, kind, text }];
    setTimeout(() => {
      this.shown = this.shown.filter((toast) => toast.id !== id);
      this.changed();
    }, SHOWN_MS);
    this.changed();
  }
}

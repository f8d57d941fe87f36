// A sound and the browser's own notification for new complaints: only when they were asked for, on this device.
import type { Complaint } from '../../live/src/index.js';
import { t } from '../i18n';
import type { Desk } from './desk';

const SOUND = 'redress-board-sound';
const NOTE = 'redress-board-notification';
/** At most one sound in so long, however many complaints come. */
const QUIET_MS = 3_000;

export class Alerts {
  hasSound = localStorage.getItem(SOUND) === 'on';
  /** What a screen reader is told of the last complaint that came. */
  announced = '';
  hasNote = localStorage.getItem(NOTE) === 'on' && typeof Notification !== 'undefined' && Notification.permission === 'granted';
  #audio: AudioContext | undefined;
  #heardAt = 0;

  constructor(private readonly desk: Desk) {}

  setSound(isOn: boolean): void {
    this.hasSound = isOn;
    localStorage.setItem(SOUND, isOn ? 'on' : 'off');
    if (isOn) this.#ring();
    this.desk.changed();
  }

  async setNote(isOn: boolean): Promise<void> {
    const isAllowed = isOn && typeof Notification !== 'undefined' && (await Notification.requestPermission()) === 'granted';
    if (isOn && !isAllowed) this.desk.toast('danger', t('board.notification_denied'));
    this.hasNote = isAllowed;
    localStorage.setItem(NOTE, isAllowed ? 'on' : 'off');
    this.desk.changed();
  }

  /** A complaint came in. */
  arrived(complaint: Complaint): void {
    const now = Date.now();
    if (now - this.#heardAt < QUIET_MS) return;
    this.#heardAt = now;
    this.announced = t('board.arrived', { what: `${this.desk.categoryName(complaint.category)}, ${t(`severity.${complaint.severity}`)}` });
    if (this.hasSound) this.#ring();
    if (this.hasNote && document.hidden) void this.#note(complaint);
  }

  async #note(complaint: Complaint): Promise<void> {
    const title = `${this.desk.categoryName(complaint.category)} · ${t(`severity.${complaint.severity}`)}`;
    const told = { body: complaint.description.slice(0, 140), tag: 'redress-new', icon: '/icon.svg', data: complaint.id };
    const worker = await navigator.serviceWorker?.getRegistration();
    // Phones show notifications of a service worker only.
    if (worker) await worker.showNotification(title, told);
    else new Notification(title, told);
  }

  /** Two short tones, made here: no file is loaded. */
  #ring(): void {
    const audio = (this.#audio ??= new AudioContext());
    void audio.resume();
    for (const [index, pitch] of [660, 880].entries()) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      const begin = audio.currentTime + index * 0.14;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.0001, begin);
      volume.gain.exponentialRampToValueAtTime(0.12, begin + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, begin + 0.22);
      tone.connect(volume).connect(audio.destination);
      tone.start(begin);
      tone.stop(begin + 0.25);
    }
  }
}

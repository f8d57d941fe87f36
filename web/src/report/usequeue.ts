// Sends what is queued, one after the other, when the network is back and now and then; one tab at a time.
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, ask, type Schemas } from '../client';
import { asProblem, type Problem } from '../problem';
import { dropQueued, keepQueued, queued, type Queued } from './queue';

const FIRST_PAUSE_MS = 3_000;
const LONGEST_PAUSE_MS = 30_000;

export interface Queue {
  reports: Queued[];
  /** The key of the one that is being sent. */
  sending: string;
  /** What the server has against a report, by key: somebody has to look at it. */
  refused: Map<string, Problem>;
  /** Keeps a report, also one that changed. */
  keep: (report: Queued) => Promise<void>;
  drop: (key: string) => Promise<void>;
  send: () => void;
}

export function useQueue(): Queue {
  const [reports, setReports] = useState<Queued[]>([]);
  const [sending, setSending] = useState('');
  const [refused, setRefused] = useState<Map<string, Problem>>(new Map());
  const tries = useRef(0);
  const isRunning = useRef(false);
  const look = async (): Promise<Queued[]> => {
    const found = await queued();
    setReports(found);
    return found;
  };

  /** Sends one; whether to go on with the next. */
  const sendOne = async (report: Queued): Promise<boolean> => {
    setSending(report.key);
    try {
      const sent = await submitted(report.body, report.key);
      tries.current = 0;
      await keepQueued({ ...report, sent });
      return true;
    } catch (error) {
      const problem = asProblem(error);
      if (problem.isPassing) return false;
      setRefused((before) => new Map(before).set(report.key, problem));
      return true;
    } finally {
      setSending('');
    }
  };
  const sendAll = async (): Promise<void> => {
    if (isRunning.current) return;
    isRunning.current = true;
    try {
      await alone(async () => {
        for (const report of await look()) {
          if (report.sent || refused.has(report.key)) continue;
          if (!(await sendOne(report))) break;
          await look();
        }
      });
    } finally {
      isRunning.current = false;
      await look();
    }
  };
  const latest = useRef(sendAll);
  latest.current = sendAll;
  useEffect(() => {
    const now = (): void => void latest.current();
    now();
    addEventListener('online', now);
    return () => removeEventListener('online', now);
  }, []);
  const isWaiting = reports.some(({ key, sent }) => !sent && !refused.has(key));
  useEffect(() => {
    if (!isWaiting || sending) return;
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries.current++);
    const timer = setTimeout(() => void latest.current(), pause);
    return () => clearTimeout(timer);
  }, [isWaiting, sending]);

  return {
    reports,
    sending,
    refused,
    keep: async (report) => {
      await keepQueued(report);
      await look();
    },
    drop: async (key) => {
      await dropQueued(key);
      setRefused((before) => new Map([...before].filter(([other]) => other !== key)));
      await look();
    },
    send: () => void sendAll(),
  };
}

/** Sends a report under its key. Throws a Problem. */
export function submitted(body: Schemas['NewComplaint'], key: string): Promise<Schemas['SubmissionView']> {
  return ask(api.POST('/api/v1/complaints', { params: { header: { 'Idempotency-Key': key } }, body }));
}

async function alone(work: () => Promise<void>): Promise<void> {
  if (!('locks' in navigator)) return work();
  await navigator.locks.request('redress-report', { ifAvailable: true }, async (lock) => {
    if (lock) await work();
  });
}

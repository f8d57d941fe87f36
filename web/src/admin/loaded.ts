// What a tab reads from the server: at once, again when asked, and over and over where it is live.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { asProblem, type Problem } from '../problem';

export interface Loaded<T> {
  data: T | undefined;
  fault: Problem | undefined;
  again: () => Promise<void>;
}

/** Reads when first drawn and whenever `key` changes; every so many milliseconds if they are given. */
export function useLoaded<T>(read: () => Promise<T>, key = '', everyMs = 0): Loaded<T> {
  const [data, setData] = useState<T>();
  const [fault, setFault] = useState<Problem>();
  const turn = useRef(0);

  const again = useCallback(async () => {
    const mine = (turn.current += 1);
    try {
      const read_ = await read();
      if (mine !== turn.current) return;
      setData(() => read_);
      setFault(undefined);
    } catch (error) {
      if (mine === turn.current) setFault(asProblem(error));
    }
  }, [key]);

  useEffect(() => {
    setData(undefined);
    void again();
    const timer = everyMs > 0 ? setInterval(() => void again(), everyMs) : undefined;
    return () => {
      turn.current += 1;
      clearInterval(timer);
    };
  }, [key]);
  return { data, fault, again };
}

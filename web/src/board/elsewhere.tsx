// Complaints that have the words of the search and are open no more: asked of the server, when it is asked for.
import { useEffect, useState } from 'preact/hooks';
import { OPEN, type Complaint } from '../../live/src/index.js';
import { t, time } from '../i18n';
import { asProblem } from '../problem';
import { StatusBadge } from '../ui/parts';
import type { Desk } from './desk';
import { search } from './rest';

export function Elsewhere({ desk, onOpen }: { desk: Desk; onOpen: (id: string) => void }) {
  const { words } = desk.filters;
  const [found, setFound] = useState<Complaint[]>();
  const [fault, setFault] = useState('');
  useEffect(() => {
    setFound(undefined);
    setFault('');
  }, [words]);
  if (words.trim() === '') return null;

  async function ask(): Promise<void> {
    try {
      const answer = await search(words.trim(), AbortSignal.timeout(15_000));
      setFound(answer.filter(({ status }) => !OPEN.includes(status)));
    } catch (error) {
      setFault(asProblem(error).text);
    }
  }

  return (
    <div class="elsewhere">
      {found === undefined ? (
        <button type="button" class="plain" onClick={() => void ask()}>
          {t('board.search_closed')}
        </button>
      ) : (
        <p class="small soft" role="status">
          {t('board.found_closed', { count: found.length })}
        </p>
      )}
      {fault && <p class="fault">{fault}</p>}
      <ul class="plain-list">
        {found?.map(({ id, description, status, created_at }) => (
          <li key={id}>
            <button type="button" class="plain about" onClick={() => onOpen(id)}>
              <StatusBadge status={status} /> <span>{description}</span> <span class="soft small">{time(created_at, { dateStyle: 'short' })}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

import { instanceOperations } from '@kulning/sdk';
import { Link } from '@tanstack/react-router';

import { useSpeech } from '../words/words.tsx';
import { useOperation } from './api.tsx';
import { useMay } from './session.tsx';
import { whereSentence } from './where-sentence-text.ts';

export function WhereSentence() {
  const { words, format } = useSpeech();
  const may = useMay();
  const where = useOperation(instanceOperations.where, undefined, { enabled: may('sites:read') });
  return (
    <div className="min-h-9 border-b border-line bg-raised px-4 py-2 text-xs text-soft sm:px-6">
      {where.data ? (
        <Link
          to="/proof/where"
          className="text-ink underline decoration-line-strong underline-offset-3 hover:decoration-current"
        >
          {whereSentence(where.data, words, format)}
        </Link>
      ) : where.isError ? (
        <span>
          {words.where.failed} <code className="font-mono">{where.error.code}</code>
        </span>
      ) : (
        <span aria-hidden="true" className="skeleton block h-4 w-80 max-w-full" />
      )}
    </div>
  );
}

import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect, useState } from 'react';

import { WordsProvider } from '../words/words.tsx';
import { ApiProvider, createQueryClient } from './api.tsx';
import { createConsoleRouter, fetchScreens } from './router.tsx';

/** The first screen's own questions go first. */
const afterwardsMs = 1_500;

/** Everything is constructed here, once per page. The security policy allows no style elements made by scripts. */
export function Console() {
  const [queries] = useState(createQueryClient);
  const [router] = useState(() => createConsoleRouter(queries));
  useEffect(() => {
    const timer = setTimeout(() => fetchScreens(router), afterwardsMs);
    return () => clearTimeout(timer);
  }, [router]);
  return (
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queries}>
        <WordsProvider>
          <ApiProvider>
            <RouterProvider router={router} />
          </ApiProvider>
        </WordsProvider>
      </QueryClientProvider>
    </CSPProvider>
  );
}

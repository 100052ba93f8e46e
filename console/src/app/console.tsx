import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useState } from 'react';

import { WordsProvider } from '../words/words.tsx';
import { ApiProvider, createQueryClient } from './api.tsx';
import { createConsoleRouter } from './router.tsx';

/** Everything is constructed here, once per page. The security policy allows no style elements made by scripts. */
export function Console() {
  const [queries] = useState(createQueryClient);
  const [router] = useState(() => createConsoleRouter(queries));
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

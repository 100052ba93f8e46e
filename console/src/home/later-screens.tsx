import { Link } from '@tanstack/react-router';

import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { Empty } from '../ui/states.tsx';
import { useWords } from '../words/words.tsx';

/** Two sections that this version does not have yet: each says what it will be, and where to go meanwhile. */
export function AgentsScreen() {
  const words = useWords();
  return (
    <Later title={words.pages.agents} heading={words.later.agents}>
      {words.later.agentsLead}
    </Later>
  );
}

export function JobsScreen() {
  const words = useWords();
  return (
    <Later title={words.pages.jobs} heading={words.later.jobs}>
      {words.later.jobsLead}
    </Later>
  );
}

function Later({
  title,
  heading,
  children,
}: {
  readonly title: string;
  readonly heading: string;
  readonly children: string;
}) {
  const words = useWords();
  return (
    <Screen title={title}>
      <Panel flush>
        <Empty
          title={heading}
          action={
            <Link to="/models/playground" search={{}} className="prose-link text-sm">
              {words.later.meanwhile}
            </Link>
          }
        >
          {children}
        </Empty>
      </Panel>
    </Screen>
  );
}

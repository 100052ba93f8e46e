import { plural } from '../format.ts';

const count = (number: number, one: string, other: string) => plural('en', number, { one, other });

/** The organisation, its people and its keys. */
export const settings = {
  organisation: {
    title: 'Organisation',
    name: 'Name',
    language: 'Language',
    languageHint: 'For notices that go to people outside.',
    revenue: 'Yearly revenue of the group, in euro',
    revenueHint: 'Some model licences end at a revenue. Empty is unknown, and such models are then refused.',
    retention: 'Retention of prompts and answers',
    retentionLead: 'Content is kept in the vault, encrypted, or not at all. Receipts never hold content.',
    keepNothing: 'Keep nothing',
    keepDays: 'Keep for some days',
    days: 'Days',
    daysOf: (days: number) => count(days, '# day', '# days'),
    sample: 'Sample company',
    sampleLead: 'Mails, documents and a contact to try things with. Everything of it is marked as sample.',
    sampleGone: 'The sample company was removed.',
    sampleReset: 'Put it back as it came',
    sampleRemove: 'Remove the sample company',
    sampleRemoveMeans:
      'All its mails, documents, contacts and calls are erased. It can be put back as it came.',
    sampleBack: (mails: number, documents: number) =>
      `${count(mails, '# mail', '# mails')} and ${count(documents, '# document', '# documents')} are back.`,
  },
  members: {
    lead: 'Who belongs to this organisation, and what each may do.',
    add: 'Add a person',
    addLead: 'Give them the first passphrase by another way; it is theirs to change.',
    name: 'Name',
    role: 'Role',
    roleOf: (name: string) => `Role of ${name}`,
    since: 'Since',
    passphrase: 'First passphrase',
    removeOf: (name: string) => `Remove ${name}`,
    removeMeans: 'Their sessions end at once. What they did stays in the log.',
    rolesTitle: 'What each role may do',
    roles: {
      owner: 'Owner',
      admin: 'Administrator',
      developer: 'Developer',
      operator: 'Operator',
      dpo: 'Data protection officer',
      auditor: 'Auditor',
      member: 'Member',
    },
    roleMeans: {
      owner: 'Everything.',
      admin: 'Everything but erasing a person.',
      developer: 'Makes calls, keys and models; reads sites, policy and receipts.',
      operator: 'Runs sites and models; reads calls, policy and receipts.',
      dpo: 'Reads everything, erases persons, changes policy.',
      auditor: 'Reads everything but what is held about persons.',
      member: 'Makes calls; reads models, sites, policy and receipts.',
    },
  },
  keys: {
    lead: 'For programs. A key carries rights, an end, and the data class that its calls have unless they say stricter.',
    create: 'Create a key',
    createLead: 'Give it only what its program needs.',
    created: 'Your new key',
    createdLead: 'It is shown this once. Only its digest is kept here.',
    kept: 'I have kept it',
    empty: 'No key yet',
    emptyLead:
      'A program needs one to call the gateway. Point any OpenAI client at the gateway’s address with it.',
    name: 'Name',
    prefix: 'Begins with',
    valid: 'valid',
    expired: 'expired',
    revoked: 'revoked',
    scopes: 'Rights',
    scopesOf: (number: number) =>
      `${count(number, '# right', '# rights')}. Unless changed: ask models, list them, read receipts.`,
    expires: 'Ends',
    never: 'never',
    revoke: 'Revoke',
    revokeOf: (name: string) => `Revoke ${name}`,
    revokeMeans:
      'Gateways stop taking it within a second. Programs that use it get 401. It cannot be brought back.',
    defaultClass: 'Data class of its calls',
    defaultClassHint: 'A call may say stricter, never looser. Unclassified calls are refused.',
    days: 'Days until it ends',
    daysHint: 'Empty: never.',
  },
  clients: {
    lead: 'Organisations under yours. None of them sees another.',
    add: 'Add a client',
    addLead: 'It gets its own keys, members, retention and receipts.',
    name: 'Name',
    empty: 'No client yet',
    emptyLead:
      'An agency keeps each client apart in an organisation of its own. If you work for yourself, you need none.',
  },
  appearance: {
    lead: 'Kept in this browser only.',
    theme: 'Theme',
    themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
  },
};

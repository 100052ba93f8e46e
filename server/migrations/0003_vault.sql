-- All content, encrypted record by record; who is in it; and the erasures of persons. Keys are in the keystore alone.

create table kulning.vault_record (
  organisation_id text not null,
  id text not null,
  -- which registered store the record belongs to: how it is described, exported and erased
  store text not null,
  -- the organisation's key epoch under which the record's data key is wrapped
  epoch integer not null,
  wrapped_key bytea not null,
  nonce bytea,
  ciphertext bytea,
  -- large content lies in the blob store, by digest of its ciphertext
  blob_digest text,
  -- a person was named or found in it; what is not attributed to anybody must have an end
  attributed boolean not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  constraint vault_record_pkey primary key (organisation_id, id),
  constraint vault_record_content_check check (num_nonnulls(ciphertext, blob_digest) = 1),
  constraint vault_record_nonce_check check ((ciphertext is null) = (nonce is null)),
  constraint vault_record_retention_check check (attributed or expires_at is not null)
);
create index vault_record_store_idx on kulning.vault_record (organisation_id, store, id);
create index vault_record_epoch_idx on kulning.vault_record (organisation_id, epoch, id);
create index vault_record_expiry_idx on kulning.vault_record (expires_at) where expires_at is not null;
create index vault_record_blob_idx on kulning.vault_record (blob_digest) where blob_digest is not null;
select kulning.protect_tenant_table('kulning.vault_record');

-- A keyed index of each identifier that the caller named or that was found in the record.
create table kulning.record_subject (
  organisation_id text not null,
  record_id text not null,
  subject_index text not null,
  origin text not null default 'found' constraint record_subject_origin_check check (origin in ('named', 'found')),
  strength text not null default 'strong' constraint record_subject_strength_check check (strength in ('strong', 'weak')),
  constraint record_subject_pkey primary key (organisation_id, subject_index, record_id),
  constraint record_subject_record_fkey foreign key (organisation_id, record_id)
    references kulning.vault_record (organisation_id, id) on delete cascade
);
create index record_subject_record_idx on kulning.record_subject (organisation_id, record_id);
select kulning.protect_tenant_table('kulning.record_subject');

create table kulning.erasure (
  organisation_id text not null,
  id text not null constraint erasure_id_key unique,
  state text not null constraint erasure_state_check check (state in ('requested', 'rotated', 'released', 'stores-erased',
    'survivors-moved', 'scanned', 'key-destroyed', 'verified', 'completed')),
  -- the epoch that dies with it; set before the keystore is touched
  epoch integer,
  waiting_for text,
  requested_by text,
  requested_at timestamptz not null,
  -- opens only with a salt that the requester alone got
  subject_commitment text not null,
  key_evidence jsonb,
  certificate text,
  certificate_salt bytea,
  ledger_leaf bytea,
  completed_at timestamptz,
  constraint erasure_pkey primary key (organisation_id, id),
  constraint erasure_completed_check check ((state = 'completed') = (completed_at is not null and certificate is not null))
);
create index erasure_open_idx on kulning.erasure (organisation_id, id) where state <> 'completed';
select kulning.protect_tenant_table('kulning.erasure');

-- What each store was to do, what it did, and what reading it back showed.
create table kulning.erasure_step (
  organisation_id text not null,
  erasure_id text not null,
  store text not null,
  -- record ids and actions: [{"recordId": …, "action": …, "reason": …}]
  plan jsonb not null,
  pending text[] not null default '{}',
  erased_at timestamptz,
  read_back text constraint erasure_step_read_back_check
    check (read_back in ('gone', 'unreadable', 'pending', 'residual', 'not-verifiable', 'found')),
  evidence text,
  constraint erasure_step_pkey primary key (organisation_id, erasure_id, store),
  constraint erasure_step_erasure_fkey foreign key (organisation_id, erasure_id)
    references kulning.erasure (organisation_id, id)
);
select kulning.protect_tenant_table('kulning.erasure_step');

-- Whose calls are refused: a restriction (GDPR Art. 18), or an erasure under way.
create table kulning.subject_state (
  organisation_id text not null,
  subject_index text not null,
  state text not null constraint subject_state_check check (state in ('restricted', 'erasing')),
  ground text,
  erasure_id text,
  since timestamptz not null,
  constraint subject_state_pkey primary key (organisation_id, subject_index, state),
  constraint subject_state_erasure_check check ((state = 'erasing') = (erasure_id is not null))
);
select kulning.protect_tenant_table('kulning.subject_state');

-- Which process may still need which epoch: an old key dies only when nobody holds sealed bytes under it that are not
-- in vault_record yet.
create table kulning.epoch_holder (
  holder_id text not null,
  organisation_id text not null,
  oldest_epoch integer not null,
  -- the keystore's generation that the process has read: it knows of every rotation and destruction up to it
  generation text not null,
  -- a process with a spool is waited for even when it is dead: its sealed bytes lie on its disk
  has_spool boolean not null,
  seen_at timestamptz not null,
  constraint epoch_holder_pkey primary key (organisation_id, holder_id)
);
create index epoch_holder_holder_idx on kulning.epoch_holder (holder_id);
select kulning.protect_tenant_table('kulning.epoch_holder');

-- The one keystore that this database's records were sealed with; another one must not be used by mistake.
create table kulning.keystore_binding (
  fingerprint text not null constraint keystore_binding_pkey primary key,
  bound_at timestamptz not null
);
create unique index keystore_binding_one_idx on kulning.keystore_binding ((true));
select kulning.grant_instance_table('kulning.keystore_binding', 'app', 'select, insert');

/** Every bound of the platform, with its unit in its name. A bound that a user meets is in `docs/reference/limits.md`. */
export const limit = {
  /** One JSON body: an event, a row to predict for, or an array of them. */
  bodyBytesMax: 4 * 1024 * 1024,
  /** One line of an NDJSON body. */
  lineBytesMax: 256 * 1024,
  /** Items of one array body. */
  itemsMax: 10_000,
  /** Rejects told by name in one answer; the rest are counted. */
  rejectsTold: 1_000,
  /** Rows, and bytes of them, of a file that one step of an import sends: where it goes on after a stop. */
  importRowsMax: 1_000,
  importBytesMax: 2 * 1024 * 1024,
  /** Rejected rows after which an import stops, unless `--rejects-max` says otherwise. */
  importRejectsMax: 1_000,
  /** Rows of one call of a bulk scoring, and of one part that is handed over. */
  scoreRowsMax: 200,
  scorePartRows: 1_000,
  /** One scored row as it waits to be handed over. */
  scoreLineBytesMax: 64 * 1024 * 1024,
  /** The longest pause between two calls of a bulk scoring without a rate, and how long a server or a webhook that refuses is tried. */
  scorePauseMsMax: 1_000,
  scoreWaitMsMax: 10 * 60_000,
  /** A bulk scoring that was stopped longer ago than this begins anew. */
  scoreResumeMsMax: 12 * 3_600_000,
  /** Different reasons of degraded rows that a bulk scoring tells. */
  scoreReasonsMax: 20,
  /** One call of a webhook that takes scores, and what of its answer is read. */
  scoreWebhookMsMax: 30_000,
  /** One statement that replaces the rows of a table. */
  scoreStatementMsMax: 10 * 60_000,
  /** A text value, in UTF-8 bytes. */
  textBytesMax: 16 * 1024,
  /** An event id or an entity key, in UTF-8 bytes: online keys must fit LMDB's 1,978. */
  keyBytesMax: 256,
  /** Real numbers beyond this could overflow an exact sum. */
  realMagnitudeMax: 1e150,
  /** How far an event's time may lie ahead of the app clock. */
  futureMsMax: 5 * 60_000,
  /** Calls over HTTP that are under way at once, and of them those of one key: more are refused before they are read. */
  callsMax: 1_000,
  callsOfKeyMax: 500,
  /** Calls of one prediction that are under way at once, and that wait, unless its `bulkhead` says otherwise; and what it may say. */
  bulkheadConcurrency: 100,
  bulkheadQueue: 200,
  bulkheadCallsMax: 10_000,
  bulkheadShareMax: 100,
  /** Rows that challengers are still to be asked for; more are passed over. */
  challengersQueueMax: 1_000,
  /** Answers that are kept at hand for callers who try again with their idempotency key; older ones are in the log. */
  idempotencyKeysMax: 10_000,
  /** Visitors, keys and tenants whose calls are counted; beyond, those who were longest away are forgotten. */
  callBucketsMax: 50_000,
  /** Calls a minute that a published key lets a visitor make: unless it says otherwise, and at most. */
  visitorCallsPerMinute: 60,
  visitorCallsPerMinuteMax: 6_000,
  /** The largest quota of a secret key, and of a tenant. */
  keyCallsPerMinuteMax: 1_000_000,
  tenantCallsPerMinuteMax: 10_000_000,
  /** Predictions, and sites, that a published key names. */
  publishedNamesMax: 100,
  /** How long a prediction's model may take, unless its definition says otherwise. */
  predictionBudgetMs: 10_000,
  /** The longest time that a prediction's model may be waited for. */
  budgetMsMax: 600_000,
  /** One answer of a model that runs elsewhere. */
  modelAnswerBytesMax: 64 * 1024 * 1024,
  /** The longest wait before a model that cannot be loaded is tried again. */
  modelRetryMsMax: 60_000,
  /** Distinct counts are exact up to here and estimates beyond. */
  distinctMax: 1_000,
  /** Values that `lastN` and `topK` list. */
  listedMax: 100,
  /** Different values that `topK` counts exactly; beyond, counts may be too low by the rows over this bound. */
  topValuesMax: 1_000,
  /** Different values of the column of `by`; a window with more of them is null. */
  groupsMax: 256,
  /** The description of a definition. */
  descriptionCharsMax: 1_000,
  /** Rows, columns, and bins or categories of each, of the profile that a version keeps of its training. */
  profileRowsMax: 100_000,
  profileColumnsMax: 1_000,
  profileBinsMax: 10,
  /** Features of one page of the catalogue. */
  catalogPageMax: 200,
  /** Keys that are looked at for a set's figures, and keys and logged predictions of them whose values are read. */
  catalogScanMax: 100_000,
  catalogKeysMax: 1_000,
  catalogPredictionsMax: 1_000,
  /** Keys whose bytes are measured, and pages of each. */
  catalogMeasuredKeysMax: 100,
  catalogMeasuredPagesMax: 32,
  /** Values of samples that are kept for the next reader. */
  catalogCellsMax: 1_000_000,
  /** Definitions and columns of one answer about lineage. */
  lineageNodesMax: 10_000,
  /** Buckets of a quantile: 32 powers of two; smaller magnitudes count as 0. */
  quantileBucketsMax: 4_096,
  /** Dead letters that one call looks through for open ones. */
  deadLettersReadMax: 100_000,
  /** Ids of one call that takes events back or settles dead letters. */
  retractIdsMax: 1_000,
  /** Keys of one feature read. */
  featureKeysMax: 1_000,
  /** Features of one read by Feast's wire. */
  feastFeaturesMax: 2_000,
  /** One body with tensors, also what it is once it is inflated; the tensors in it, the sizes of a shape, and its texts. */
  tensorBodyBytesMax: 32 * 1024 * 1024,
  tensorsMax: 1_000,
  tensorRankMax: 16,
  tensorTextsMax: 1_000_000,
  /** Versions that are not live and were asked for by their number. */
  versionsLoadedMax: 8,
  /** Feature sets of one read of several. */
  featureSetsMax: 50,
  /** Events waiting for the log writer. */
  logQueueEventsMax: 50_000,
  logQueueBytesMax: 64 * 1024 * 1024,
  /** Events of one commit of the log. */
  commitEventsMax: 5_000,
  /** Log entries that the applier reads at once, and that one of its transactions takes where it is behind. */
  applyReadMax: 1_000,
  applyEventsMax: 32_000,
  applyBytesMax: 64 * 1024 * 1024,
  /** A lane that lacks more entries is filled key by key: entries of one read, bytes of rows at a time, and keys and rows of one transaction. */
  fillEntriesMin: 200_000,
  fillReadMax: 10_000,
  fillBytesMax: 384 * 1024 * 1024,
  fillKeysMax: 10_000,
  fillRowsMax: 300_000,
  /** Keys that one step of the sweep for untouched ones looks at. */
  sweepKeysMax: 500,
  /** How long a read waits for the position in `after`. */
  afterWaitMsMax: 2_000,
  /** Logged predictions kept in memory until the next batch. */
  predictionQueueMax: 20_000,
  /** Live quality is computed over this many newest labelled predictions of a version. */
  labelledMax: 50_000,
  /** Rows of one call to predict for whose windows need the log: each reads it. */
  pastRowsMax: 10,
  /** How long one call with many lines waits for room in the log, before it is refused. */
  logWaitMsMax: 30_000,
  /** Finds in the archive that may be under way at once. */
  archivedFindsMax: 2,
  /** What a run of a batch may take where its definition does not say: time, and memory before the disk is used. */
  batchMs: 15 * 60_000,
  batchMemoryMb: 1_000,
  batchMemoryMbMin: 100,
  /** How long the SQL of a batch may take until it is bound, when the configuration is built. */
  batchCheckMs: 20_000,
  /** Rows of one run of a batch, and of one part on its way to the log. */
  batchRowsMax: 10_000_000,
  batchPartRows: 2_000,
  /** Times of a schedule that one backfill computes. */
  batchTimesMax: 2_000,
  /** Runs of a batch that are listed. */
  batchRunsKept: 100,
  /** How long no row of its event comes before a batch `after` it begins, and how often at most it does. */
  batchQuietMs: 10_000,
  /** After a failed run: the wait before the next try, doubled with each up to the bound. */
  batchRetryMs: 60_000,
  batchRetryMsMax: 3_600_000,
  /** Logged predictions of one round whose features are recomputed, and the rows of their keys that it may hold. */
  consistencySampleMax: 20,
  consistencyRowsMax: 500_000,
  /** Mismatches of logged features that are kept, rows from which one is made a test, and such tests. */
  consistencyMismatchesKept: 50,
  consistencyStoryRowsMax: 2_000,
  consistencyTestsMax: 20,
  /** Rows of one page of a source's query: what is durable before its cursor is. */
  sourcePageRowsMax: 1_000,
  /** Rows of a source's query that are known not to be new without asking the log. */
  sourceSeenMax: 100_000,
  /** Reasons of rejected rows that a source keeps. */
  sourceRejectsKept: 20,
  /** Tables of a database that an app is proposed from. */
  schemaTablesMax: 1_000,
  /** A vendor's delivery, and how old its signature may be. */
  webhookBytesMax: 1024 * 1024,
  webhookAgeMsMax: 300_000,
  /** How long a source's connection and one page of its query may take, and how far retries are apart. */
  sourceConnectMsMax: 10_000,
  sourceQueryMsMax: 60_000,
  sourceRetryMsMax: 60_000,
  /** A model file of another library: its bytes, the values in it and the parts of them, its splits and leaf values, and words of 32 categories. */
  modelFileBytesMax: 128 * 1024 * 1024,
  modelValuesMax: 32_000_000,
  modelPartsMax: 4_000_000,
  modelNodesMax: 8_000_000,
  modelSetWordsMax: 8_000_000,
  /** Columns that a model file reads, scores that it gives a row, and trees. */
  modelColumnsMax: 100_000,
  modelOutputsMax: 1_000,
  modelTreesMax: 100_000,
  /** Rows that an imported model is checked with. */
  modelCheckRowsMax: 100_000,
  /** Trees up to which a model answers on the request's thread. */
  modelTreesAtOnceMax: 20_000,
  /** Rows that are scored before others have their turn. */
  modelRowsAtOnceMax: 1_000,
  /** Streams of server-sent events open at once. */
  streamsMax: 64,
  /** Time given to open requests at shutdown. */
  drainMsMax: 10_000,
} as const;

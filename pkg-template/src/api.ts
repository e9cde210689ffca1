export { FoldlogError } from "./errors/foldlog-error.js";
export type { AnyFoldlogError, ErrorDetails, FoldlogErrorOf } from "./errors/foldlog-error.js";
export type { ErrorCode, ErrorFields, ExportFault, VersionConflict, WriteOutcome } from "./errors/error-fields.js";
export type { Json, JsonCompatible, JsonObject, NotJson } from "./json/json-types.js";
export { EventStore } from "./store/event-store.js";
export type { Backend, IndexedDbOptions } from "./store/backend.js";
export type { RemoteOptions } from "./store/remote.js";
export type {
  AppliedEvent,
  DecidedEvent,
  EventDetails,
  EventShape,
  EventsOf,
  JsonEvent,
  NewEvent,
  RecordedEvent,
  VersionedEvent,
} from "./store/events.js";
export type {
  AppendDetails,
  AppendOptions,
  CheckpointMove,
  Durability,
  Expectation,
  Head,
  Receipt,
} from "./store/append.js";
export type { EventFilter, EventQuery } from "./store/filter.js";
export type { ExportOptions, ImportOptions, ImportProgress, ImportSource } from "./store/export.js";
export type { Health, HealthHint } from "./store/health.js";
export type { Snapshot, SnapshotOptions, VerifyReport } from "./store/reports.js";
export type { SubscribeOptions, Subscription, SubscriptionPage } from "./store/subscription.js";
export { Aggregate } from "./aggregates/aggregate.js";
export type { DetailsArgument } from "./aggregates/aggregate.js";
export type { AggregateClass, AnyAggregate } from "./aggregates/aggregate-class.js";
export { defineAggregate } from "./aggregates/define-aggregate.js";
export type { AggregateDefinition, DefinedAggregate, StatefulAggregate } from "./aggregates/define-aggregate.js";
export { AggregateRepository } from "./aggregates/repository.js";
export type { EventsBelongTo } from "./aggregates/repository.js";
export type {
  CommandOf,
  Decide,
  EventOf,
  ExecuteOptions,
  LoadOptions,
  RepositoryBehaviour,
  RepositoryOptions,
  SaveOptions,
  Snapshotable,
} from "./aggregates/repository-options.js";
export type { Upcaster } from "./aggregates/upcasters.js";

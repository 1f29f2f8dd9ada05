/**
 * For those who have an inspector of Stately's: what is observed, in the messages of `@statelyai/inspect`.
 *
 * Each flow is an actor; each of its steps an event and a snapshot. Secrets are marks in all of them.
 * Where the messages go is up to the program, as the adapters of `@statelyai/inspect` send each as JSON
 * through a WebSocket. Its hosted page is somebody else's: send there what may be seen there.
 *
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { make, type StatelyMessage } from "@bellhop/inspector/server/stately";
 *
 * const sent: Array<StatelyMessage> = [];
 * const { observe } = make({ send: (message) => sent.push(message) });
 * observe({
 *   type: "flow.started",
 *   flowId: "4bd3a1b2c3d4e5f6",
 *   seq: 0,
 *   at: 1_767_225_600_000,
 *   chart: "deviceAuthorization",
 *   chartVersion: "1",
 *   path: "requestingDeviceCode",
 *   resumed: false,
 *   context: {},
 * });
 *
 * deepEqual(sent.map(({ type, sessionId }) => [type, sessionId]), [
 *   ["@xstate.actor", "4bd3a1b2c3d4e5f6"],
 * ]);
 * ```
 *
 * @see {@link https://github.com/statelyai/inspect | @statelyai/inspect}
 * @module
 */
import * as Layer from "effect/Layer";
import type {
  FlowEnded,
  FlowStarted,
  FlowStep,
  FlowTransition,
  Observation,
  Observer,
} from "@bellhop/core/protocol/observation";
import { findChart } from "../diagram/known_charts.ts";
import { xstateJson } from "../diagram/xstate_json.ts";
import {
  layer as layerRecorder,
  make as makeRecorder,
  type RecorderOptions,
} from "../recording/recorder.ts";

/** What every message has. */
export interface StatelyBase {
  /** The flow's id, which is its own root. */
  readonly rootId: string;
  /** The flow's id. */
  readonly sessionId: string;
  /** When, in milliseconds since the epoch. */
  readonly createdAt: string;
  /** Unique among the messages of a program. */
  readonly id: string;
  /** Version of the protocol. */
  readonly _version: string;
}

/** Where an actor stands. */
export interface StatelySnapshot {
  /** Whether it runs, and how it ended. */
  readonly status: "active" | "done" | "stopped" | "error";
  /** The state, as XState nests it. */
  readonly value: StatelyValue;
  /** The chart's context, secrets replaced. */
  readonly context: unknown;
  /** What a flow ends with is in its context, or nobody's business. */
  readonly output: undefined;
  /** What was wrong with the program is not told. */
  readonly error: undefined;
}

/** A state's value: a name, or names by region. */
export type StatelyValue = string | { readonly [region: string]: StatelyValue };

/** An event's name, and what it carried. */
export interface StatelyEvent {
  /** Its name. */
  readonly type: string;
  /** What it carried, secrets replaced. */
  readonly [member: string]: unknown;
}

/** A flow began. */
export interface StatelyActorMessage extends StatelyBase {
  readonly type: "@xstate.actor";
  /** The chart's id. */
  readonly name: string;
  /** Where it begins. */
  readonly snapshot: StatelySnapshot;
  /** The chart's definition as JSON, where the chart is one of core's. */
  readonly definition: string | undefined;
  /** No flow is the child of another. */
  readonly parentId: undefined;
}

/** A flow was sent an event. */
export interface StatelyEventMessage extends StatelyBase {
  readonly type: "@xstate.event";
  /** The event. */
  readonly event: StatelyEvent;
  /** Who sent it is not observed. */
  readonly sourceId: undefined;
}

/** A flow is in another state. */
export interface StatelySnapshotMessage extends StatelyBase {
  readonly type: "@xstate.snapshot";
  /** The event that led there. */
  readonly event: StatelyEvent;
  /** Where it stands. */
  readonly snapshot: StatelySnapshot;
}

/** Any message. */
export type StatelyMessage = StatelyActorMessage | StatelyEventMessage | StatelySnapshotMessage;

/** Where messages go. */
export interface StatelyOptions {
  /** Called within the step that is told of, so it must be quick. Each message is plain JSON. */
  readonly send: (message: StatelyMessage) => void;
}

/** The protocol has no version of its own: senders say that of the package that they speak for. */
const version = "0.7.1";

/** Makes an observer that tells an inspector of Stately's. */
export function make(options: StatelyOptions): Observer {
  return makeRecorder(recorderOf(options));
}

/** Tells of what is provided with it. Whoever observed before goes on to. */
export function layer(options: StatelyOptions): Layer.Layer<never> {
  return Layer.suspend(() => layerRecorder(recorderOf(options)));
}

function recorderOf({ send }: StatelyOptions): RecorderOptions {
  const contexts = new Map<string, unknown>();
  return {
    sink: ({ observation }) => {
      for (const message of messagesOf(observation, contexts)) send(message);
    },
  };
}

/** @param contexts The last context of each flow that runs. */
function messagesOf(
  observation: Observation,
  contexts: Map<string, unknown>,
): ReadonlyArray<StatelyMessage> {
  switch (observation.type) {
    case "flow.started":
      contexts.set(observation.flowId, observation.context);
      return [actorOf(observation)];
    case "flow.transition":
      contexts.set(observation.flowId, observation.context);
      return transitionOf(observation);
    case "flow.ended": {
      const context = contexts.get(observation.flowId);
      contexts.delete(observation.flowId);
      return [endOf(observation, context)];
    }
    default:
      return [];
  }
}

function actorOf(step: FlowStarted): StatelyActorMessage {
  const { chart, path, context } = step;
  const known = findChart(chart)?.chart;
  return {
    ...baseOf(step),
    type: "@xstate.actor",
    name: chart,
    snapshot: snapshotOf("active", path, context),
    definition: known === undefined ? undefined : xstateJson(known),
    parentId: undefined,
  };
}

function transitionOf(step: FlowTransition): ReadonlyArray<StatelyMessage> {
  const event = { ...step.data, type: step.event };
  const snapshot = snapshotOf("active", step.to, step.context);
  const base = baseOf(step);
  return [
    { ...base, id: `${base.id}.event`, type: "@xstate.event", event, sourceId: undefined },
    { ...base, type: "@xstate.snapshot", event, snapshot },
  ];
}

const statuses = { done: "done", interrupted: "stopped", defect: "error" } as const;

function endOf(step: FlowEnded, context: unknown): StatelySnapshotMessage {
  const { path, outcome } = step;
  return {
    ...baseOf(step),
    type: "@xstate.snapshot",
    event: { type: outcome === "interrupted" ? "xstate.stop" : `xstate.${outcome}` },
    snapshot: snapshotOf(statuses[outcome], path, context),
  };
}

function snapshotOf(
  status: StatelySnapshot["status"],
  path: string,
  context: unknown,
): StatelySnapshot {
  return { status, value: valueOf(path), context, output: undefined, error: undefined };
}

function baseOf({ flowId, seq, at }: FlowStep): StatelyBase {
  return {
    rootId: flowId,
    sessionId: flowId,
    createdAt: String(at),
    id: `${flowId}.${seq}`,
    _version: version,
  };
}

/** Nests a dotted path; regions side by side are joined by a comma. */
function valueOf(path: string): StatelyValue {
  if (path.includes(",")) {
    const regions = path.split(",").map((region) => valueOf(region));
    return Object.assign(
      {},
      ...regions.map((value) => typeof value === "string" ? { [value]: {} } : value),
    );
  }
  const dot = path.indexOf(".");
  return dot < 0 ? path : { [path.slice(0, dot)]: valueOf(path.slice(dot + 1)) };
}

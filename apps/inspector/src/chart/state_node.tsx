/** A state in the drawing. */
import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { Fragment, memo, type ReactElement } from "react";
import { Countdown } from "../shell/countdown.tsx";
import type { LaidNode } from "./laid_chart.ts";
import type { NodeMark } from "./marks.ts";
import { sentencesOf } from "./outline.ts";

/** What a state is drawn from. */
export type StateNodeData = {
  /** The state. */
  readonly node: LaidNode;
  /** What is true of it. */
  readonly mark: NodeMark;
  /** Whether its name must do. */
  readonly isDense: boolean;
  /** Names of operations of it that are under way. */
  readonly running: ReadonlyArray<string>;
};

/** A state as the drawing's library takes it. */
export type StateFlowNode = Node<StateNodeData, "state">;

/** Draws a state: its name, its sentence, and what it does. */
export const StateNode = memo(function StateNode(
  { data }: NodeProps<StateFlowNode>,
): ReactElement {
  const { node, mark, isDense, running } = data;
  const isGroup = node.kind === "compound" || node.kind === "parallel";
  const words = isDense ? [] : sentencesOf(node.stays, node.fromAnywhere);
  return (
    <div
      className={classOf(node, mark)}
      data-state={node.id}
      data-current={mark.isCurrent}
      title={isDense
        ? [node.description, ...sentencesOf(node.stays, node.fromAnywhere)].join("\n")
        : undefined}
      role="img"
      aria-label={labelOf(node, mark)}
    >
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <div className="state-name">
        {node.isInitial && <span className="state-initial" />}
        <span className="state-words">
          <Name name={node.name} />
        </span>
        {mark.visits > 1 && <span className="state-visits">×{mark.visits}</span>}
      </div>
      {node.description !== "" && !isDense && (
        <div className="state-description" title={node.description}>{node.description}</div>
      )}
      {!isGroup && node.operations.length > 0 && (
        <div className="state-operations">
          {node.operations.map((name) => (
            <span key={name} className={running.includes(name) ? "operation runs" : "operation"}>
              {name}
            </span>
          ))}
        </div>
      )}
      <Timers mark={mark} isGroup={isGroup} />
      {words.map((sentence) => <div key={sentence} className="state-sentence">{sentence}</div>)}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
});

/** A name that may break before its capitals, where there is room for two lines. */
function Name({ name }: { readonly name: string }): ReactElement {
  return (
    <>
      {name.split(/(?=[A-Z])/).map((part, index) => (
        <Fragment key={`${index} ${part}`}>
          {index > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </>
  );
}

/** What counts down in a state. One that has no states in it has room for the first that is due. */
function Timers(
  { mark, isGroup }: { readonly mark: NodeMark; readonly isGroup: boolean },
): ReactElement | null {
  const due = mark.timers.filter(({ dueAt }) => Number.isFinite(dueAt));
  if (due.length === 0) return null;
  return (
    <div className="state-timers">
      {(isGroup ? due : due.slice(0, 1)).map(({ seq, timer, armedAt, dueAt }) => (
        <span key={seq} title={timer}>
          <i>{timer.replace(/^after /, "")}</i>
          <Countdown armedAt={armedAt} dueAt={dueAt} />
        </span>
      ))}
    </div>
  );
}

const bad = /^(denied|expired|refused|malformed|unreachable|cancelled|invalid|failed)/;

function classOf({ kind, name }: LaidNode, mark: NodeMark): string {
  return [
    "state",
    `is-${kind}`,
    kind === "final" && (bad.test(name) ? "is-bad" : "is-good"),
    mark.isCurrent && "is-current",
    mark.isAround && "is-around",
    mark.visits > 0 && "is-visited",
    mark.isNext && "is-next",
  ].filter(Boolean).join(" ");
}

function labelOf({ id, description }: LaidNode, mark: NodeMark): string {
  const standing = mark.isCurrent
    ? ", current state"
    : mark.isNext
    ? ", possible next"
    : mark.visits > 0
    ? ", visited"
    : "";
  return `State ${id}${standing}. ${description}`;
}

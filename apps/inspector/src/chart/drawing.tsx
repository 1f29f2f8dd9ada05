/** A chart on a plane that can be moved and magnified. */
import { MiniMap, Panel, ReactFlow, useReactFlow, useStore } from "@xyflow/react";
import { type ReactElement, useEffect, useMemo, useRef, useState } from "react";
import { Icon } from "../shell/icon.tsx";
import type { LaidChart } from "./laid_chart.ts";
import { type Marks, unlitEdge, unlitNode } from "./marks.ts";
import { RoutedEdge, type RoutedFlowEdge } from "./routed_edge.tsx";
import { type StateFlowNode, StateNode } from "./state_node.tsx";

/** What is drawn. */
export interface DrawingProps {
  /** The chart. */
  readonly chart: LaidChart;
  /** What is lit in it. */
  readonly marks: Marks;
  /** Path of the current state. */
  readonly path: string;
  /** Names of operations under way, with spaces between. */
  readonly running: string;
}

const nodeTypes = { state: StateNode };
const edgeTypes = { routed: RoutedEdge };
const LEGIBLE = 0.8;

/** Draws a chart, and keeps the current state in sight as long as nobody moves the plane. */
export function Drawing({ chart, marks, path, running }: DrawingProps): ReactElement {
  const [follows, setFollows] = useState(true);
  const nodes = useMemo(() => nodesOf(chart, marks, running), [chart, marks, running]);
  const edges = useMemo(() => edgesOf(chart, marks), [chart, marks]);
  return (
    <div className={`drawing ${chart.isDense ? "is-dense" : ""}`}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        zoomOnDoubleClick={false}
        minZoom={0.15}
        maxZoom={1.8}
        proOptions={{ hideAttribution: true }}
        onMoveStart={(event) => event !== null && setFollows(false)}
      >
        <Arrows />
        <Camera chart={chart} path={path} follows={follows} />
        <MiniMap
          className="overview"
          style={{ width: 132, height: 66 }}
          position="bottom-left"
          ariaLabel="The whole chart, small"
          nodeClassName={miniClass}
          nodeBorderRadius={24}
          pannable
        />
        <Panel position="bottom-right">
          <Tools follows={follows} setFollows={setFollows} />
        </Panel>
      </ReactFlow>
    </div>
  );
}

function miniClass({ data }: StateFlowNode): string {
  const { node, mark } = data;
  const isGroup = node.kind === "compound" || node.kind === "parallel";
  const standing = mark.isCurrent ? "is-current" : mark.visits > 0 ? "is-visited" : "";
  return `mini ${isGroup ? "is-group" : standing}`;
}

function nodesOf(chart: LaidChart, marks: Marks, running: string): Array<StateFlowNode> {
  const names = running.split(" ");
  return chart.nodes.map((node) => {
    const { id, x, y, width, height, kind } = node;
    const mark = marks.nodes.get(id) ?? unlitNode;
    const isGroup = kind === "compound" || kind === "parallel";
    return {
      id,
      type: "state",
      position: { x, y },
      width,
      height,
      zIndex: isGroup ? id.split(".").length - 10 : 2,
      data: { node, mark, isDense: chart.isDense, running: mark.isCurrent ? names : [] },
    };
  });
}

function edgesOf(chart: LaidChart, marks: Marks): Array<RoutedFlowEdge> {
  return chart.edges.map((edge) => {
    const mark = marks.edges.get(edge.id) ?? unlitEdge;
    return {
      id: edge.id,
      source: edge.from,
      target: edge.to,
      type: "routed",
      zIndex: mark.isLast ? 3 : mark.isNext || mark.steps.length > 0 ? 1 : 0,
      data: { edge, mark, isDense: chart.isDense },
    };
  });
}

/** Moves the plane so that the current state is in sight and can be read. */
function Camera(
  { chart, path, follows }: {
    readonly chart: LaidChart;
    readonly path: string;
    readonly follows: boolean;
  },
): null {
  const { setViewport } = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const isFirst = useRef(true);
  useEffect(() => {
    if (!follows || width === 0 || height === 0) return;
    const fit = Math.min((width - 24) / chart.width, (height - 24) / chart.height);
    const zoom = Math.min(1.1, Math.max(fit, LEGIBLE));
    const node = chart.nodes.find(({ id }) => id === path) ?? chart.nodes[0];
    const focus = node === undefined
      ? { x: 0, y: 0 }
      : { x: node.x + node.width / 2, y: node.y + node.height / 2 };
    const x = placed({ focus: focus.x, whole: chart.width, room: width }, zoom);
    const y = placed({ focus: focus.y, whole: chart.height, room: height }, zoom);
    const duration = isFirst.current || isCalm() ? 0 : 350;
    isFirst.current = false;
    void setViewport({ x, y, zoom }, { duration });
  }, [chart, path, follows, width, height, setViewport]);
  return null;
}

/** Where one side of the plane begins: in the middle if it fits, else with the focus in the middle. */
function placed(
  { focus, whole, room }: { readonly focus: number; readonly whole: number; readonly room: number },
  zoom: number,
): number {
  const size = whole * zoom;
  if (size <= room) return (room - size) / 2;
  return Math.min(8, Math.max(room - size - 8, room / 2 - focus * zoom));
}

function isCalm(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function Tools(
  { follows, setFollows }: {
    readonly follows: boolean;
    readonly setFollows: (follows: boolean) => void;
  },
): ReactElement {
  const { fitView, zoomIn, zoomOut } = useReactFlow();
  const whole = (): void => {
    setFollows(false);
    void fitView({ padding: 0.04, duration: isCalm() ? 0 : 250 });
  };
  return (
    <div className="tools" role="toolbar" aria-label="Chart">
      <button type="button" title="Larger" aria-label="Larger" onClick={() => void zoomIn()}>
        <Icon name="plus" />
      </button>
      <button type="button" title="Smaller" aria-label="Smaller" onClick={() => void zoomOut()}>
        <Icon name="minus" />
      </button>
      <button type="button" title="The whole chart" aria-label="The whole chart" onClick={whole}>
        <Icon name="whole" />
      </button>
      <button
        type="button"
        title="Keep the current state in sight"
        aria-label="Keep the current state in sight"
        aria-pressed={follows}
        onClick={() => setFollows(!follows)}
      >
        <Icon name="target" />
      </button>
    </div>
  );
}

function Arrows(): ReactElement {
  return (
    <svg className="arrows" aria-hidden="true">
      <defs>
        {["is-quiet", "is-taken", "is-next", "is-last"].map((kind) => (
          <marker
            key={kind}
            id={`arrow-${kind}`}
            className={kind}
            viewBox="0 0 10 10"
            refX="9"
            refY="5"
            markerWidth="9"
            markerHeight="9"
            markerUnits="userSpaceOnUse"
            orient="auto-start-reverse"
          >
            <path d="M0 0.8 L10 5 L0 9.2 z" />
          </marker>
        ))}
      </defs>
    </svg>
  );
}

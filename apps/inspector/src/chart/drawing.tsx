/** A chart on a plane that can be moved and magnified, by pointer and by keys. */
import { MiniMap, ReactFlow, useReactFlow, useStore } from "@xyflow/react";
import { type KeyboardEvent, type ReactElement, useEffect, useMemo, useRef } from "react";
import { isSmall, viewOf } from "./camera.ts";
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
  /** Whether the current state is kept in sight. */
  readonly follows: boolean;
  /** Called when somebody moves the plane. */
  readonly onMoved: () => void;
}

const nodeTypes = { state: StateNode };
const edgeTypes = { routed: RoutedEdge };
/** Below this, states show their names alone, and larger. */
const FAR = 0.7;
const BY = 60;

/** Draws a chart, and keeps the current state in sight as long as nobody moves the plane. */
export function Drawing(props: DrawingProps): ReactElement {
  const { chart, marks, path, running, follows, onMoved } = props;
  const nodes = useMemo(() => nodesOf(chart, marks, running), [chart, marks, running]);
  const edges = useMemo(() => edgesOf(chart, marks), [chart, marks]);
  const isFar = useStore(({ transform: [, , zoom] }) => zoom < FAR);
  const isCut = useStore(({ width, height, transform: [, , zoom] }) =>
    !isSmall({ width, height }) &&
    (chart.width * zoom > width + 1 || chart.height * zoom > height + 1)
  );
  const press = useKeys(onMoved);
  return (
    <div
      className={`drawing ${chart.isDense ? "is-dense" : ""} ${isFar ? "is-far" : ""}`}
      role="group"
      tabIndex={0}
      aria-label="Drawing: arrows move it, + and - magnify it, 0 shows all of it"
      data-pan
      onKeyDown={press}
    >
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
        onMoveStart={(event) => event !== null && onMoved()}
      >
        <Arrows />
        <Camera chart={chart} path={path} follows={follows} />
        {isCut && (
          <MiniMap
            className="overview"
            style={{ width: 132, height: 60 }}
            position="bottom-left"
            ariaLabel="The whole chart, small"
            nodeClassName={miniClass}
            nodeBorderRadius={24}
            pannable
          />
        )}
      </ReactFlow>
    </div>
  );
}

/** Moves the plane by keys while it has the focus. */
function useKeys(onMoved: () => void): (event: KeyboardEvent) => void {
  const { getViewport, setViewport, zoomIn, zoomOut, fitView } = useReactFlow();
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const pan = (x: number, y: number): void => {
      const view = getViewport();
      void setViewport({ ...view, x: view.x + x, y: view.y + y });
    };
    const moves: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => pan(BY, 0),
      ArrowRight: () => pan(-BY, 0),
      ArrowUp: () => pan(0, BY),
      ArrowDown: () => pan(0, -BY),
      "+": () => void zoomIn(),
      "-": () => void zoomOut(),
      "0": () => void fitView({ padding: 0.02 }),
    };
    const move = Object.hasOwn(moves, event.key) ? moves[event.key] : undefined;
    if (move === undefined) return;
    onMoved();
    move();
    event.preventDefault();
    event.stopPropagation();
  };
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
    const { x, y, zoom } = viewOf(chart, path, { width, height });
    const duration = isFirst.current || isCalm() ? 0 : 350;
    isFirst.current = false;
    void setViewport({ x, y, zoom }, { duration });
  }, [chart, path, follows, width, height, setViewport]);
  return null;
}

/** Whether nothing is to move by itself. */
export function isCalm(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
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

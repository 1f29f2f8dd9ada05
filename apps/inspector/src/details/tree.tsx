/** Any value as a tree that unfolds. What was redacted is shown as that. */
import { Fragment, type ReactElement } from "react";

const LONG = 240;
/** Members of a branch that is unfolded at first. */
const SMALL = 8;

/** Shows the members of a value, or the value. */
export function Tree({ value }: { readonly value: unknown }): ReactElement {
  if (!isTree(value)) return <Leaf value={value} />;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  if (members.length === 0) {
    return <span className="leaf is-empty">{Array.isArray(value) ? "[ ]" : "{ }"}</span>;
  }
  return (
    <dl className="tree">
      {members.map(([name, member]) => <Member key={name} name={name} value={member} />)}
    </dl>
  );
}

function Member({ name, value }: { readonly name: string; readonly value: unknown }): ReactElement {
  if (isTree(value) && !isPlainList(value) && Object.keys(value).length > 0) {
    return (
      <div className="branch">
        <details open={Object.keys(value).length <= SMALL}>
          <summary>
            <dt>{name}</dt>
            <span className="muted">{Object.keys(value).length}</span>
          </summary>
          <dd>
            <Tree value={value} />
          </dd>
        </details>
      </div>
    );
  }
  return (
    <div className="twig">
      <dt>
        <Name name={name} />
      </dt>
      <dd>
        <Leaf value={value} name={name} />
      </dd>
    </div>
  );
}

/** A name that may break before its capitals. */
function Name({ name }: { readonly name: string }): ReactElement {
  const parts = name.split(/(?=[A-Z_])/);
  return (
    <>
      {parts.map((part, index) => (
        <Fragment key={`${index} ${part}`}>
          {index > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </>
  );
}

function Leaf({ value, name }: { readonly value: unknown; readonly name?: string }): ReactElement {
  if (typeof value === "string" && isRedacted(value)) {
    return <span className="leaf is-redacted" title="Never leaves the program">redacted</span>;
  }
  if (isTree(value)) {
    const words = Array.isArray(value) ? value.map(String).join(" ") : "";
    return <span className="leaf is-text">{words === "" ? "[ ]" : words}</span>;
  }
  if (typeof value === "number") return <NumberLeaf value={value} name={name ?? ""} />;
  if (typeof value === "string") return <span className="leaf is-text">{shortened(value)}</span>;
  return (
    <span className={`leaf is-${value === null ? "null" : typeof value}`}>{String(value)}</span>
  );
}

function NumberLeaf(
  { value, name }: { readonly value: number; readonly name: string },
): ReactElement {
  const time = timeOf(name, value);
  return (
    <span className="leaf is-number">
      {value}
      {time !== undefined && <small>{time}</small>}
    </span>
  );
}

function shortened(value: string): string {
  if (value === "") return '""';
  return value.length > LONG ? `${value.slice(0, LONG)}…` : value;
}

function isRedacted(value: string): boolean {
  return /^<redacted(:[^>]*)?>$/.test(value);
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isPlainList(value: unknown): boolean {
  return Array.isArray(value) && value.every((member) => !isTree(member));
}

/** A number of milliseconds since the epoch as a time, by what it is called. */
function timeOf(name: string, value: number): string | undefined {
  if (value < 1e12 || value > 4e12 || !/(at|until|expires|millis)/i.test(name)) return undefined;
  return new Date(value).toISOString().slice(0, 19).replace("T", " ");
}

/** Keeps the page where a part of it cannot be drawn, as of a recording that somebody made up. */
import { Component, type ReactNode } from "react";

/** What is drawn. */
export interface SafeProps {
  /** Drawn anew when this changes. */
  readonly of: unknown;
  /** The part. */
  readonly children: ReactNode;
}

/** Draws a part of the page, or says that it cannot be drawn. */
export class Safe extends Component<SafeProps, { readonly broken: unknown }> {
  /** What could not be drawn: nothing at first. */
  override readonly state: { readonly broken: unknown } = { broken: undefined };

  /** Remembers that it failed. */
  static getDerivedStateFromError(): { readonly broken: unknown } {
    return { broken: true };
  }

  /** Tries again with something else. */
  override componentDidUpdate({ of }: SafeProps): void {
    if (this.state.broken !== undefined && of !== this.props.of) {
      this.setState({ broken: undefined });
    }
  }

  /** Draws the part. */
  override render(): ReactNode {
    if (this.state.broken === undefined) return this.props.children;
    return <p className="list-none" role="alert">This cannot be shown: the recording is damaged</p>;
  }
}

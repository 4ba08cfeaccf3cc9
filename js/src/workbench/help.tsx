/** The list of keys. */

import type { JSX } from "preact";
import { SHORTCUTS } from "./keys";

export function Help(): JSX.Element {
  return (
    <table class="shortcuts">
      <caption>Keys, while a view has the focus</caption>
      <tbody>
        {SHORTCUTS.map(({ keys, does }) => (
          <tr key={keys}>
            <th scope="row">{keys}</th>
            <td>{does}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

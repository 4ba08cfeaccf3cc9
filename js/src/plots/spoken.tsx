/** What screen readers say while the crosshair is moved by keyboard. */

export function Spoken({ text }: { text: string | null }) {
  return (
    <div class="hcw-spoken" role="status" aria-live="polite">
      {text}
    </div>
  );
}

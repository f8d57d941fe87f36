// One of several, by name.

interface Props {
  id: string;
  label: string;
  value: string;
  /** Values with their names. */
  options: [string, string][];
  /** What stands there while nothing is chosen; then something must be. */
  none?: string;
  onPick: (value: string) => void;
}

export function Choice({ id, label, value, options, none, onPick }: Props) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} required={none !== undefined} value={value} onChange={(event) => onPick(event.currentTarget.value)}>
        {none !== undefined && <option value="">{none}</option>}
        {options.map(([key, name]) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

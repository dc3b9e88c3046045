import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

const THEMES = { auto: 'System', light: 'Light', dark: 'Dark' } as const;
type Theme = keyof typeof THEMES;
const KEY = 'planscope-theme';

/** Storage is refused on some pages that are opened as a file. */
function storedTheme(): Theme {
  try {
    const theme = localStorage.getItem(KEY);
    return theme === 'light' || theme === 'dark' ? theme : 'auto';
  } catch {
    return 'auto';
  }
}

/** Follows the system unless a theme is chosen. */
export function ThemeSwitch(): JSX.Element {
  const [theme, setTheme] = useState(storedTheme);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // It is chosen again the next time.
    }
  }, [theme]);
  return (
    <select
      class="plain"
      aria-label="Theme"
      value={theme}
      onChange={({ currentTarget }) => setTheme(currentTarget.value as Theme)}
    >
      {Object.entries(THEMES).map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}

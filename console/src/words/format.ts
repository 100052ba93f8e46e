export type Language = 'en' | 'fr' | 'sv';

export const languages: readonly { readonly id: Language; readonly name: string }[] = [
  { id: 'en', name: 'English' },
  { id: 'fr', name: 'Français' },
  { id: 'sv', name: 'Svenska' },
];

export interface Format {
  number(value: number, maximumFractionDigits?: number): string;
  /** "1.8 MB", and "1,8 Mo" in French. */
  megabytes(bytes: number, maximumFractionDigits?: number): string;
  gigabytes(bytes: number, maximumFractionDigits?: number): string;
  /** A share between 0 and 1. */
  percent(share: number): string;
  date(iso: string): string;
  /** From one day to another, in as few words as the language needs; one day when they are the same. */
  dates(from: string, to: string): string;
  /** Local time to the minute, with the date. */
  dateTime(iso: string): string;
  /** Local time to the second with the zone's name, for the hover. */
  exactTime(iso: string): string;
  /** "3 minutes ago" under a day, the date beyond. */
  ago(iso: string, nowMs: number): string;
  /** A moment on an axis or in a list: second, hour or day alone, or day and hour; in UTC where days are UTC days. */
  tick(ms: number, what: 'second' | 'hour' | 'day' | 'full', utc: boolean): string;
  list(items: readonly string[]): string;
  /** A country's name from its ISO 3166-1 code; the code itself when the code is not one. */
  country(code: string): string;
  /** A language's name from its ISO 639-1 code. */
  language(code: string): string;
  compare(left: string, right: string): number;
}

const regions: Readonly<Record<Language, string>> = { en: 'en-GB', fr: 'fr-FR', sv: 'sv-SE' };
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** All numbers, dates and names of a language; `timeZone` is the reader's own unless a test fixes it. */
export function createFormat(language: Language, timeZone?: string): Format {
  const locale = regions[language];
  const zone = timeZone === undefined ? {} : { timeZone };
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', ...zone });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', ...zone });
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'long', ...zone });
  const tickOf = (utc: boolean) => {
    const tickZone = utc ? { timeZone: 'UTC' } : zone;
    const day = { day: 'numeric', month: 'short', ...tickZone } as const;
    const hour = { hour: '2-digit', minute: '2-digit', ...tickZone } as const;
    return {
      second: new Intl.DateTimeFormat(locale, { ...hour, second: '2-digit' }),
      hour: new Intl.DateTimeFormat(locale, hour),
      day: new Intl.DateTimeFormat(locale, day),
      full: new Intl.DateTimeFormat(locale, utc ? day : { ...day, ...hour }),
    };
  };
  const ticks = { utc: tickOf(true), local: tickOf(false) };
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const list = new Intl.ListFormat(locale, { type: 'conjunction' });
  const countries = new Intl.DisplayNames(locale, { type: 'region', fallback: 'code' });
  const tongues = new Intl.DisplayNames(locale, { type: 'language', fallback: 'code' });
  const collator = new Intl.Collator(locale, { numeric: true });
  return {
    number: (value, maximumFractionDigits = 1) =>
      new Intl.NumberFormat(locale, { maximumFractionDigits }).format(value),
    megabytes: (bytes, maximumFractionDigits = 1) =>
      new Intl.NumberFormat(locale, { style: 'unit', unit: 'megabyte', maximumFractionDigits }).format(
        bytes / 1e6,
      ),
    gigabytes: (bytes, maximumFractionDigits = 1) =>
      new Intl.NumberFormat(locale, { style: 'unit', unit: 'gigabyte', maximumFractionDigits }).format(
        bytes / 1e9,
      ),
    percent: (share) =>
      new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(share),
    date: (iso) => date.format(new Date(iso)),
    dates: (from, to) => date.formatRange(new Date(from), new Date(to)),
    dateTime: (iso) => dateTime.format(new Date(iso)),
    exactTime: (iso) => exact.format(new Date(iso)),
    ago: (iso, nowMs) => {
      const distanceMs = new Date(iso).getTime() - nowMs;
      const size = Math.abs(distanceMs);
      if (size < minuteMs) return relative.format(Math.round(distanceMs / 1000), 'second');
      if (size < hourMs) return relative.format(Math.round(distanceMs / minuteMs), 'minute');
      if (size < dayMs) return relative.format(Math.round(distanceMs / hourMs), 'hour');
      return date.format(new Date(iso));
    },
    tick: (ms, what, utc) => ticks[utc ? 'utc' : 'local'][what].format(ms),
    list: (items) => list.format(items),
    language: (code) => tongues.of(code) ?? code,
    country: (code) => (/^[A-Z]{2}$/.test(code) ? (countries.of(code) ?? code) : code),
    compare: (left, right) => collator.compare(left, right),
  };
}

/** French counts 0 and 1 as one; Intl knows, so no text has to. */
export function plural(
  language: Language,
  count: number,
  forms: { readonly one: string; readonly other: string },
): string {
  const number = new Intl.NumberFormat(regions[language]).format(count);
  const form = new Intl.PluralRules(regions[language]).select(count) === 'one' ? forms.one : forms.other;
  return form.replace('#', number);
}

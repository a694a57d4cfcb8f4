export type HoursView = { start: string, end: string, outside: string, telephone: string, };

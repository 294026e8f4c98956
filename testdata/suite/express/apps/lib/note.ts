export interface Note {
  id: number;
  text: string;
  level: string;
}

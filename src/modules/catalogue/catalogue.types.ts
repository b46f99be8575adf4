/** JSON Schema 2020-12 of a form. */
export type FormSchema = Readonly<Record<string, unknown>>;

/** What closing a request records as usage. */
export interface UsageRule {
  meter: string;
  unit: string;
  /** An exact decimal, or a JSON pointer to a field of the form. */
  quantity: { fixed: string } | { formField: string };
}

/** Who works on requests, and how. */
export interface ProcessingRule {
  teamId: string;
  /** Submitted requests are accepted by themselves. */
  autoAccept: boolean;
  /** Days after the result in which the requester may object. */
  objectionDays: number;
  /** Other teams by form content; the first that fits wins. */
  routes: { when: { formField: string; equals: string | number | boolean }; teamId: string }[];
}

export interface ChecklistItem {
  id: string;
  label: string;
  isRequired: boolean;
}

export interface ApprovalRule {
  /** An approver of the member releases each request first. */
  isRequired: boolean;
}

/** What a version of a service says. */
export interface ServiceVersionContent {
  title: string;
  description: string;
  formSchema: FormSchema;
  usageRule: UsageRule;
  processingRule: ProcessingRule;
  checklist: ChecklistItem[];
  approvalRule?: ApprovalRule | null;
}

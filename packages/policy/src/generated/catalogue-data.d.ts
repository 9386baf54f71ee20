export declare const catalogueVersion: string;
export declare const catalogueText: string;

import { writeDocuments } from './generated-documents.ts';

writeDocuments();

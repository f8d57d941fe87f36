// The report page: from what is wrong to the number of the complaint.
import '../styles/base.css';
import './report.css';
import { begin } from '../i18n';
import { keepPage } from '../install';
import { Frame } from '../ui/frame';
import { Report } from './report';

void begin('report', () => (
  <Frame>
    <Report />
  </Frame>
));
keepPage('/');

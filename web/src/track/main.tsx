// The tracking page of one complaint.
import '../styles/base.css';
import './track.css';
import { begin } from '../i18n';
import { Track } from './track';

const token = decodeURIComponent(location.pathname.split('/').pop() ?? '');
void begin('track', () => <Track token={token} />);

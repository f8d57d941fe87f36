// The board page.
import '../styles/base.css';
import { begin, t } from '../i18n';
import { Frame } from '../ui/frame';

function Page() {
  return (
    <Frame>
      <main class="page" id="content">
        <header>
          <h1>{t('board.title')}</h1>
          
        </header>
      </main>
    </Frame>
  );
}

void begin('board', () => <Page />);

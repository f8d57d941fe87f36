// Sends photos one by one, so that each has its own progress and a cut costs one of them.
import { Problem, problemOf } from '../problem';

/** Sends one photo; `onProgress` hears shares of 1. Throws a Problem. */
export function upload(complaint: string, token: string, photo: File, onProgress: (share: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    // `fetch` tells nothing of what was sent so far.
    const request = new XMLHttpRequest();
    request.open('POST', `/api/v1/complaints/${complaint}/photos`);
    request.setRequestHeader('X-Tracking-Token', token);
    request.responseType = 'json';
    request.upload.onprogress = (event) => onProgress(event.lengthComputable ? event.loaded / event.total : 0);
    request.onload = () => {
      if (request.status === 202) resolve();
      else reject(problemOf(request.status, request.response as unknown));
    };
    request.onerror = () => reject(new Problem(0, 'offline'));
    const form = new FormData();
    form.append('photo', photo);
    request.send(form);
  });
}

const TRIES = 4;

/** As `upload`, trying again after what passes. */
export async function uploadPatiently(
  complaint: string,
  token: string,
  photo: File,
  onProgress: (share: number) => void,
): Promise<void> {
  for (let tried = 1; ; tried++) {
    try {
      return await upload(complaint, token, photo, onProgress);
    } catch (error) {
      if (!(error instanceof Problem) || !error.isPassing || tried === TRIES) throw error;
      const pause = Math.max(error.retryAfter * 1000, 1000 * 2 ** tried);
      await new Promise((wake) => setTimeout(wake, pause));
    }
  }
}

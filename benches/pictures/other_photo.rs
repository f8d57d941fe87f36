//! Photos made by code, as PNG and WebP.

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A PNG of 16 bits with alpha, coarse enough for its file to be as small as one that is uploaded.
pub(crate) fn deep_png(pixels: &[u8], width: u32, height: u32) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Sixteen);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    let mut stream = writer.stream_writer()?;
    let rows: Vec<&[u8]> = pixels.chunks_exact(width as usize * 3).collect();
    for row in rows
        .chunks(16)
        .flat_map(|rows| std::iter::repeat_n(rows.first().copied(), rows.len()))
    {
        let deep = row.unwrap_or_default().chunks_exact(3).flat_map(|pixel| {
            let part = |at: usize| pixel.get(at).map_or(0, |part| part & 0xF0);
            [part(0), 0, part(1), 0, part(2), 0, 255, 255]
        });
        std::io::Write::write_all(&mut stream, &deep.collect::<Vec<u8>>())?;
    }
    stream.finish()?;
    drop(writer);
    Ok(bytes)
}

/// A lossless WebP.
pub(crate) fn webp(pixels: &[u8], width: u32, height: u32) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    image_webp::WebPEncoder::new(&mut bytes).encode(
        pixels,
        width,
        height,
        image_webp::ColorType::Rgb8,
    )?;
    Ok(bytes)
}

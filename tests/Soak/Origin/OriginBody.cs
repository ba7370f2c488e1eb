using System.Globalization;
using System.Text;
using TlsProxy.Soak.Content;

namespace TlsProxy.Soak.Origin;

/// <summary>The body of an answer, in pieces of all sizes, and where a fault cuts or holds it.</summary>
internal sealed class OriginBody(ulong key, long first, long length, bool chunked, Random random, AnswerWriter writer)
{
    /// <summary>What is written with the last bytes, beyond the end of the answer.</summary>
    public string Surplus { get; init; } = "";

    /// <summary>Sends it; returns whether all of it has been sent and the connection goes on.</summary>
    public async Task<bool> SendAsync(OriginFault fault)
    {
        var stop = fault is OriginFault.ResetInBody or OriginFault.EndInBody or OriginFault.TruncatedChunk or OriginFault.StallInBody
            or OriginFault.SilenceInBody ? random.NextInt64(length + 1) : length;
        await SendPiecesAsync(0, stop, fault == OriginFault.Trickle);
        switch (fault)
        {
            case OriginFault.ResetInBody:
                writer.Reset();
                return false;
            case OriginFault.EndInBody:
                writer.Close();
                return false;
            case OriginFault.TruncatedChunk:
                // The chunk says more than is left, and less than that comes.
                await writer.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{length - stop + 1000:x}\r\n"));
                await SendBytesAsync(stop, random.NextInt64(stop, length + 1));
                writer.Close();
                return false;
            case OriginFault.SilenceInBody when stop < length:
                await writer.StayAsync();
                return false;
            case OriginFault.StallInBody:
                await Task.Delay(random.Next(20, 400), writer.End);
                break;
        }
        await SendPiecesAsync(stop, length, trickles: false);
        if (chunked)
            await writer.WriteAsync("0\r\n\r\n" + Surplus);
        return true;
    }

    private async Task SendBytesAsync(long from, long to)
    {
        var bytes = new byte[to - from];
        ContentBytes.Fill(key, first + from, bytes);
        await writer.WriteAsync(bytes);
    }

    private async Task SendPiecesAsync(long from, long to, bool trickles)
    {
        // A trickle of everything would take minutes; its first pieces are what matters.
        var slow = trickles ? 30 : 0;
        while (from < to)
        {
            var piece = (int)Math.Min(to - from, random.Next(1, slow > 0 ? 200 : 65536));
            var prefix = chunked ? Encoding.ASCII.GetBytes(piece.ToString("x", CultureInfo.InvariantCulture) + "\r\n") : [];
            var suffix = chunked ? "\r\n"u8.ToArray() : from + piece == length ? Encoding.ASCII.GetBytes(Surplus) : [];
            var bytes = new byte[prefix.Length + piece + suffix.Length];
            prefix.CopyTo(bytes, 0);
            suffix.CopyTo(bytes.AsSpan(prefix.Length + piece));
            ContentBytes.Fill(key, first + from, bytes.AsSpan(prefix.Length, piece));
            await writer.WriteAsync(bytes);
            from += piece;
            if (slow-- > 0)
                await Task.Delay(random.Next(1, 15), writer.End);
        }
    }
}

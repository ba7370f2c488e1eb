namespace TlsProxy.Integration.Tests.Harness;

/// <summary>Bytes that are the same in every run and in which a shift or a gap shows.</summary>
internal static class TestContent
{
    public static byte[] Make(int length, int seed = 1)
    {
        var content = new byte[length];
        var state = (ulong)seed * 0x9E3779B97F4A7C15;
        for (var i = 0; i < length; i++)
        {
            // The generator of Knuth's MMIX; its high byte is the random one.
            state = (state * 6364136223846793005) + 1442695040888963407;
            content[i] = (byte)(state >> 56);
        }
        return content;
    }
}

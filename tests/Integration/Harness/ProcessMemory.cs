using System.Globalization;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>What a process has written to its memory, as a core file would have it.</summary>
internal static class ProcessMemory
{
    /// <summary>Reads the mappings that a core file holds, or those that are left out of it (MADV_DONTDUMP, which smaps calls dd;
    /// proc_pid_smaps(5)).</summary>
    public static IReadOnlyList<byte[]> Read(int processId, bool leftOut)
    {
        var mappings = new List<byte[]>();
        using var memory = File.OpenHandle(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/mem"));
        var (start, end, written) = (0L, 0L, false);
        foreach (var line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/smaps")))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (char.IsAsciiHexDigitLower(line[0]))
            {
                var range = words[0].Split('-');
                (start, end) = (Number(range[0]), Number(range[1]));
            }
            else if (words[0] == "Anonymous:")
            {
                written = words[1] != "0";
            }
            else if (words[0] == "VmFlags:" && written && words.Contains("rd") && words.Contains("dd") == leftOut)
            {
                mappings.Add(Read(memory, start, end));
            }
        }

        return mappings;
    }

    private static byte[] Read(Microsoft.Win32.SafeHandles.SafeFileHandle memory, long start, long end)
    {
        var bytes = new byte[end - start];
        for (var read = 0; read < bytes.Length;)
        {
            var count = RandomAccess.Read(memory, bytes.AsSpan(read), start + read);
            if (count == 0)
                break;
            read += count;
        }

        return bytes;
    }

    private static long Number(string hexadecimal) => long.Parse(hexadecimal, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}

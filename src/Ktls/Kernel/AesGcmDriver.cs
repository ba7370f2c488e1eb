namespace TlsProxy.Ktls.Kernel;

/// <summary>The kernel's implementation of AES-GCM, on which the speed of its records depends.</summary>
public static class AesGcmDriver
{
    private const string Path = "/proc/crypto";

    /// <summary>The driver that the kernel takes, such as <c>generic-gcm-vaes-avx512</c>, or null where none is set up: some are only with
    /// the first use, so this is to be asked after a probe.</summary>
    public static string? Name
    {
        get
        {
            try
            {
                return Find(File.ReadLines(Path));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    /// <summary>The driver of <c>gcm(aes)</c> with the highest priority among paragraphs of <c>key : value</c> lines.</summary>
    internal static string? Find(IEnumerable<string> lines)
    {
        string? name = null, driver = null, best = null;
        var bestPriority = int.MinValue;
        foreach (var line in lines)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var value = colon < 0 ? string.Empty : line[(colon + 1)..].Trim();
            switch (colon < 0 ? string.Empty : line[..colon].TrimEnd())
            {
                case "name":
                    name = value;
                    break;
                case "driver":
                    driver = value;
                    break;
                case "priority" when name == "gcm(aes)" && int.TryParse(value, out var priority) && priority > bestPriority:
                    (best, bestPriority) = (driver, priority);
                    break;
            }
        }

        return best;
    }
}

package io.quant4j.core.algorithm.optimal;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** How much the squared error of each element counts. */
final class ErrorWeighting {
  static final String MODE = System.getProperty("w", "importance");
  private ErrorWeighting() {}

  /**
   * (cols): the importance of the column, which is the mean square of what the element is multiplied
   * with; ones without importance.
   */
  static float[] of(float[] row, int rowOffset, int cols, float @Nullable [] importance) {
    float[] w = new float[cols];
    Arrays.fill(w, 1);
    if (importance != null) System.arraycopy(importance,0,w,0,cols);
    for (int b=0;b<cols;b+=256) { int n=Math.min(256,cols-b); float ms=0; for(int i=0;i<n;i++) ms+=row[rowOffset+b+i]*row[rowOffset+b+i]; ms/=n;
      for(int i=0;i<n;i++){ float x=row[rowOffset+b+i]; 
        switch(MODE){ case "heur"-> w[b+i]*=(float)Math.sqrt(2*ms+x*x); case "heur1"-> w[b+i]*=(float)Math.sqrt(ms+x*x); case "sq"->w[b+i]*=x*x+1e-30f; case "abs"-> w[b+i]*=(float)(Math.sqrt(ms)+Math.abs(x)); case "heur4"-> w[b+i]*=(float)Math.sqrt(4*ms+x*x); default->{} } } }
    return w;
  }
}
